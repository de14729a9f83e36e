/**
 * Ops that cases.py has cases of and kernel-lib does not export yet. The comparison fails when one that is listed
 * exists, so the list can only be right; it is meant to become empty.
 */
export const notYet: string[] = [];
