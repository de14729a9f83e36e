import { lessonsInJupyterLab } from "./labSuite.js";

// Code is the same in both languages, so these two meet every cell in both forms; test/full has the other two.
lessonsInJupyterLab("en", "solved/zh");
