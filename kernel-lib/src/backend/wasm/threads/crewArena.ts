import { Arena } from "../memory.js";
import type { Crew } from "./crew.js";

/** Memory, and the threads that work on it. */
export class CrewArena extends Arena {
  constructor(
    shared: boolean,
    readonly crew: Crew,
  ) {
    super(shared);
  }
}
