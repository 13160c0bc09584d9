import { hash, parseOptions, verify } from '@node-rs/argon2'
import { Gate } from './gate.ts'

/** What one hash costs: memory in KiB, passes, lanes. */
export interface HashCost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane; about 10 ms on the machine it was tried on. */
export const DEFAULT_COST: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export interface HashingOptions {
  /** A secret that is not in the database, at least 16 bytes (key custody derives it): without it a stolen hash cannot be tried out. */
  readonly pepper: Uint8Array
  readonly cost?: HashCost
  /** Hashes at once, 4 unless told: each holds `memoryCost` KiB. */
  readonly concurrency?: number
  /** Hashes waiting, 256 unless told; more are refused with UNAVAILABLE. */
  readonly queue?: number
}

/** The outcome of a comparison. `stale`: it holds, and was made at another cost: hash the secret anew and store that. */
export interface Verdict {
  readonly ok: boolean
  readonly stale: boolean
}

const ARGON2ID = 2
const MAX_STORED = 512

/** argon2id with a pepper, for passwords and PINs. */
export class SecretHasher {
  readonly #options
  readonly #cost: HashCost
  readonly #gate: Gate
  #decoy: Promise<string> | undefined

  constructor(options: HashingOptions) {
    if (options.pepper.length < 16) throw new TypeError('a pepper has at least 16 bytes')
    this.#cost = options.cost ?? DEFAULT_COST
    this.#options = { algorithm: ARGON2ID, ...this.#cost, secret: Uint8Array.from(options.pepper) }
    this.#gate = new Gate(options.concurrency ?? 4, options.queue ?? 256)
  }

  hash(secret: string): Promise<string> {
    return this.#gate.run(() => hash(secret, this.#options))
  }

  /**
   * Compares. Where nobody is known (`stored` undefined) it takes as long as for somebody who is, so that the time tells
   * nothing. A stored value that is no argon2id hash never matches.
   */
  async verify(stored: string | null | undefined, secret: string): Promise<Verdict> {
    const known = typeof stored === 'string' && stored.length <= MAX_STORED && stored.startsWith('$argon2id$')
    const against = known ? stored : await (this.#decoy ??= hash('nobody', this.#options))
    const matches = await this.#gate.run(() => verify(against, secret, this.#options).catch(() => false))
    const ok = known && matches
    return { ok, stale: ok && this.#isStale(against) }
  }

  #isStale(stored: string): boolean {
    const made = parseOptions(stored)
    return made.memoryCost !== this.#cost.memoryCost || made.timeCost !== this.#cost.timeCost || made.parallelism !== this.#cost.parallelism
  }
}
