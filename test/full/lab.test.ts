import { lessonsInJupyterLab } from "../browser/labSuite.js";

// The two forms that test/browser/lab.test.ts leaves out.
lessonsInJupyterLab("zh", "solved/en");
