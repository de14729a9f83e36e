/** Jupyter counts a place in code in characters (Unicode code points), JavaScript in units of 16 bits. */

/** Where a character is in JavaScript's count. */
export function unitsFromCharacters(code: string, characters: number): number {
  let units = 0;
  for (let left = characters; left > 0 && units < code.length; left--) {
    units += code.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

/** Where a unit is in Jupyter's count. */
export function charactersFromUnits(code: string, units: number): number {
  return [...code.slice(0, units)].length;
}
