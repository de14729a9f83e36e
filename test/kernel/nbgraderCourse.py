"""A course of one homework, and what nbgrader makes of five ways to hand it in. Prints a line of JSON for each.

usage: nbgraderCourse.py FOLDER
"""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

KERNEL = {"display_name": "TypeScript", "language": "typescript", "name": "tslab"}
GOOD = ("function relu(x: number): number {\n  return x > 0 ? x : 0;\n}", "function square(x: number): number {\n  return x * x;\n}")
# What stands in the two cells that a learner fills in; None: as it was handed out.
SUBMISSIONS = {
    "good": GOOD,
    "wrong": (GOOD[0].replace(": 0", ": x"), GOOD[1]),
    "stub": (None, None),
    "types": (GOOD[0], GOOD[1].replace("x * x", "'x'")),
    "endless": (GOOD[0], GOOD[1].replace("return", "while (true) {}\n  return")),
}


def marked(grade_id, source, points=None):
    test = points is not None
    meta = {"schema_version": 3, "grade_id": grade_id, "grade": test, "solution": not test, "locked": test, "task": False}
    if test:
        meta["points"] = points
    return new_code_cell(source, metadata={"nbgrader": meta})


def solution(code):
    first, body, last = code.split("\n")
    return f"{first}\n  // BEGIN SOLUTION\n{body}\n  // END SOLUTION\n{last}"


folder = Path(sys.argv[1])
source = folder / "source" / "ps1" / "homework.ipynb"
source.parent.mkdir(parents=True)
cells = [
    new_markdown_cell("# Homework"),
    marked("relu", solution(GOOD[0])),
    marked("relu_test", 'if (relu(2) !== 2) throw new Error("relu(2) is 2");\n// BEGIN HIDDEN TESTS\nif (relu(-2) !== 0) throw new Error("relu(-2) is 0");\n// END HIDDEN TESTS', 2),
    marked("square", solution(GOOD[1])),
    marked("square_test", 'if (square(3) !== 9) throw new Error("square(3) is 9");', 3),
]
language = {"name": "typescript", "file_extension": ".ts", "mimetype": "text/typescript"}
nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": language}), source)

config = Config()
config.CourseDirectory.course_id = "course"
config.CourseDirectory.root = str(folder)
config.ClearSolutions.code_stub = {"typescript": '// YOUR CODE HERE\nthrow new Error("not implemented");'}
config.Execute.timeout = 10
config.Execute.interrupt_on_timeout = True
api = NbGraderAPI(config=config)
made = api.generate_assignment("ps1")
if not made["success"]:
    sys.exit(made["log"])

release = folder / "release" / "ps1" / "homework.ipynb"
for student, answers in SUBMISSIONS.items():
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        place = {"relu": 0, "square": 1}.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if place is not None and answers[place]:
            cell.source = answers[place]
    file = folder / "submitted" / student / "ps1" / "homework.ipynb"
    file.parent.mkdir(parents=True)
    nbformat.write(notebook, file)
    graded = api.autograde("ps1", student, force=True)
    score = api.get_submission("ps1", student)["score"]
    validated = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", "--Execute.timeout=10", "--Execute.interrupt_on_timeout=True", str(file)],
        capture_output=True, text=True, cwd=folder,
    )
    said = (validated.stdout + validated.stderr).strip()
    print(json.dumps({"student": student, "graded": graded["success"], "score": score, "validate": said, "log": "" if graded["success"] else graded["log"][-1500:]}), flush=True)
