/** Real time: tokens and time-outs never follow the business date. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A keyed hash (HMAC-SHA-256) whose key stays with key custody. */
export interface Mac {
  hmac(data: Uint8Array | string): Uint8Array
}

/** What every record here has: a name that leads to no person, and the ISO instant after which it may be removed. */
export interface Expiring {
  readonly id: string
  readonly expiresAt: string
}

/**
 * Where codes, locks and sessions are kept.
 * `change` reads, changes and writes one record so that no other change of it comes between, and resolves when it is
 * durable. The function gets undefined where there is no record, and returns the record to store or null to leave
 * everything as it is; it is pure and may be called again on a newer record: the outcome of its last call counts.
 */
export interface AtomicStore<T extends Expiring> {
  get(id: string): Promise<T | undefined>
  change(id: string, change: (current: T | undefined) => T | null): Promise<void>
}
