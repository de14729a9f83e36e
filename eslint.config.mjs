import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/", "work/", ".venv/", ".venv-torch/", "coverage/"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // A lesson's cells are shown, not imported: a name on a line of its own is the cell's output.
    files: ["notebooks/src/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-unused-vars": "off",
    },
  },
);
