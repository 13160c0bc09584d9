/** A string that is sought, with what it says of whom it was found to be. */
export interface Needle {
  readonly bytes: Buffer
  readonly kind: string
  /** Counts only where no letter or digit stands beside it. */
  readonly word: boolean
}

export interface Hit {
  readonly offset: number
  readonly kind: string
}

const WORD = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=') WORD[character.charCodeAt(0)] = 1
// The bytes of letters outside ASCII are letters, too.
for (let byte = 0x80; byte <= 0xff; byte++) WORD[byte] = 1

/** Many strings sought at once: bytes are looked at one by one only where two of them begin one that is sought. */
export class Searcher {
  readonly #begins = new Map<number, Needle[]>()
  readonly #seen = new Uint8Array(65_536)

  constructor(needles: Iterable<Needle>) {
    const known = new Set<string>()
    for (const needle of needles) {
      const { bytes, word } = needle
      const name = `${word ? 'w' : 'a'}${bytes.toString('latin1')}`
      if (bytes.length < 2 || known.has(name)) continue
      known.add(name)
      const begin = bytes.readUInt16BE(0)
      this.#seen[begin] = 1
      this.#begins.set(begin, [...(this.#begins.get(begin) ?? []), needle])
    }
  }

  /** Where they stand, at most so many. */
  search(bytes: Buffer, most = 100): Hit[] {
    const hits: Hit[] = []
    const seen = this.#seen
    for (let at = 0; at + 1 < bytes.length; at++) {
      const begin = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
      if (seen[begin] === 0) continue
      for (const { bytes: wanted, kind, word } of this.#begins.get(begin) ?? []) {
        if (at + wanted.length > bytes.length || bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) !== 0) continue
        if (word && (WORD[bytes[at - 1] ?? 0] === 1 || WORD[bytes[at + wanted.length] ?? 0] === 1)) continue
        hits.push({ offset: at, kind })
        if (hits.length >= most) return hits
      }
    }
    return hits
  }
}
