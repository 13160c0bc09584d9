const BITS_EACH = 16
const PROBES = 6
const FIRST = 1 << 14

interface Layer {
  readonly bits: Uint32Array
  readonly capacity: number
  count: number
}

/**
 * Says of most ids that were never added that they were not, without asking anybody (a Bloom filter that grows by layers: one
 * in a thousand is passed on in vain). The ids have to look random, as MACs do.
 */
export class Seen {
  readonly #layers: Layer[] = []

  add(id: string): void {
    let layer = this.#layers.at(-1)
    if (layer === undefined || layer.count === layer.capacity) {
      const capacity = layer === undefined ? FIRST : layer.capacity * 2
      layer = { bits: new Uint32Array(capacity * BITS_EACH / 32), capacity, count: 0 }
      this.#layers.push(layer)
    }
    layer.count += 1
    const [a, b] = halves(id)
    const most = layer.bits.length * 32
    for (let i = 0; i < PROBES; i++) {
      const bit = ((a + Math.imul(i, b)) >>> 0) % most
      layer.bits[bit >>> 5] = (layer.bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
    }
  }

  /** false: it was never added. */
  has(id: string): boolean {
    const [a, b] = halves(id)
    return this.#layers.some(layer => {
      const most = layer.bits.length * 32
      for (let i = 0; i < PROBES; i++) {
        const bit = ((a + Math.imul(i, b)) >>> 0) % most
        if (((layer.bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false
      }
      return true
    })
  }

  clear(): void {
    this.#layers.length = 0
  }
}

/** Two numbers out of an id's characters (FNV-1a over every other one). */
function halves(id: string): readonly [number, number] {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i + 1 < id.length; i += 2) {
    a = Math.imul(a ^ id.charCodeAt(i), 0x01000193)
    b = Math.imul(b ^ id.charCodeAt(i + 1), 0x01000193)
  }
  return [a ^ (a >>> 15), (b ^ (b >>> 13)) | 1]
}
