import type { AddressRow, RootstockStore } from './store.ts'

/**
 * The addresses that are watched, looked up for each transaction and log of a chain. In memory are four bytes of each, in one block that the
 * collector of garbage passes over, whatever their number; what looks like one of them is read from the store.
 */
export class Watched {
  readonly #store: RootstockStore
  #marks = new Uint32Array(1 << 10)
  #size = 0

  constructor(store: RootstockStore) {
    this.#store = store
    for (const { address } of store.all<{ address: string }>('SELECT address FROM addresses')) this.add(address)
  }

  /** In lower case, of a row that is in the store. */
  add(address: string): void {
    if (2 * ++this.#size > this.#marks.length) {
      const before = this.#marks
      this.#marks = new Uint32Array(2 * before.length)
      for (const mark of before) if (mark !== 0) this.#put(mark)
    }
    this.#put(markOf(address))
  }

  get(address: string): AddressRow | undefined {
    const mark = markOf(address)
    const marks = this.#marks
    for (let at = mark & (marks.length - 1); marks[at] !== 0; at = (at + 1) & (marks.length - 1)) {
      if (marks[at] === mark) return this.#store.get<AddressRow>('SELECT * FROM addresses WHERE address = ?', address)
    }
    return undefined
  }

  #put(mark: number): void {
    const marks = this.#marks
    let at = mark & (marks.length - 1)
    while (marks[at] !== 0) at = (at + 1) & (marks.length - 1)
    marks[at] = mark
  }
}

/** An address is the end of a hash: its own last digits are as good as a hash of it. Never zero, which marks a free place. */
const markOf = (address: string): number => (Number.parseInt(address.slice(-8), 16) >>> 0) || 1
