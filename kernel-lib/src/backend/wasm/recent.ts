/** What was made for a key, kept while it is in use: of more than `limit` the one used longest ago goes first. */
export class Recent<T> {
  readonly #made = new Map<string, T>();

  constructor(
    readonly limit: number,
    readonly forget: (value: T) => void = () => {},
  ) {}

  get(key: string, make: () => T): T {
    const value = this.#made.has(key) ? this.#made.get(key)! : make();
    this.#made.delete(key); // and set again: the last in order is the last used
    this.#made.set(key, value);
    if (this.#made.size > this.limit) {
      const [oldest, unused] = this.#made.entries().next().value!;
      this.#made.delete(oldest);
      this.forget(unused);
    }
    return value;
  }
}
