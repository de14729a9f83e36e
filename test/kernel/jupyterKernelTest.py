"""The Jupyter project's own tests of a kernel, told what to say to a TypeScript kernel."""

import sys
import unittest

import jupyter_kernel_test


class TypeScriptKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "tslab"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [{"text": "Math.clz", "matches": {"clz32"}}]
    complete_code_samples = ["1", "console.log('a')", "function f(): number {\n  return 1;\n}"]
    incomplete_code_samples = ["function f() {", "const a = [1,", "/* a comment", "`a text"]
    invalid_code_samples = ["let let = 1 1", "const 5 = 3"]
    code_page_something = "?parseInt"
    code_generate_error = "throw new Error('as asked')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2, 3].map((x) => x * x)", "result": "[ 1, 4, 9 ]"},
    ]
    code_display_data = [
        {"code": "jupyter.display({ 'text/html': '<b>a</b>' })", "mime": "text/html"},
        {"code": "import * as tslab from 'tslab'; tslab.display.png(new Uint8Array([1]))", "mime": "image/png"},
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ?*"
    code_inspect_sample = "parseInt"
    code_clear_output = "jupyter.clearOutput()"


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "tslab"
    support_iopub_welcome = True


if __name__ == "__main__":
    program = unittest.main(argv=[sys.argv[0], "-v"], exit=False)
    result = program.result
    passed = result.testsRun - len(result.failures) - len(result.errors) - len(result.skipped)
    print(f"passed {passed} of {result.testsRun}")
