import { bind } from './bytes.ts'
import { AuthError, secondsUntil } from './errors.ts'
import type { AtomicStore, Clock, Expiring, Mac } from './ports.ts'

/** What is kept of wrong attempts. `id` is a keyed hash: no phone, no e-mail, no network address. */
export interface LockRecord extends Expiring {
  readonly failures: number
  /** ISO instant at which the failures so far are forgotten. */
  readonly windowUntil: string
  /** How often it was locked; each lock lasts longer than the one before. */
  readonly level: number
  readonly lockedUntil: string | null
}

export interface LockPolicy {
  /** Wrong attempts that lock. */
  readonly attempts: number
  /** How long wrong attempts count together, in milliseconds. */
  readonly windowMs: number
  /** How long the first lock lasts, in milliseconds; each further one `factor` times as long, up to `maxLockMs`. */
  readonly lockMs: number
  readonly factor: number
  readonly maxLockMs: number
  /** How long after a lock it is remembered that there was one, in milliseconds. */
  readonly forgetMs: number
}

/** Five wrong attempts in a quarter of an hour lock for one minute, then two, four … up to a day; a week later it starts anew. */
export const SUBJECT_POLICY: LockPolicy = {
  attempts: 5,
  windowMs: 900_000,
  lockMs: 60_000,
  factor: 2,
  maxLockMs: 86_400_000,
  forgetMs: 604_800_000,
}

/** One network address may serve a whole village: fifty wrong attempts in a quarter of an hour, for whomever. */
export const SOURCE_POLICY: LockPolicy = {
  attempts: 50,
  windowMs: 900_000,
  lockMs: 60_000,
  factor: 2,
  maxLockMs: 3_600_000,
  forgetMs: 86_400_000,
}

export interface LockoutOptions {
  /** What is guarded, such as 'pin': attempts on one thing do not lock another. */
  readonly name: string
  readonly store: AtomicStore<LockRecord>
  readonly mac: Mac
  readonly clock: Clock
  readonly subject?: Partial<LockPolicy>
  readonly source?: Partial<LockPolicy>
}

export interface Attempt {
  /** Who is to be: a phone, an e-mail, a user's id. Also somebody who does not exist is locked. */
  readonly subject: string
  /** Where it comes from, such as a network address; leave it out where all share one (a USSD gateway). */
  readonly source?: string
}

/** What an attempt has taken up before it is known whether it is right. */
interface Reservation {
  readonly id: string
  /** This attempt was the last one: it locked. */
  readonly locked: boolean
  readonly left: number
}

/**
 * Locks out who guesses. An attempt is counted *before* the secret is compared and given back where it was right, so
 * that many guesses at once get no more tries than one after the other. A store that fails refuses the attempt.
 */
export class Lockout {
  readonly #o: LockoutOptions
  readonly #subject: LockPolicy
  readonly #source: LockPolicy

  constructor(options: LockoutOptions) {
    this.#o = options
    this.#subject = policy({ ...SUBJECT_POLICY, ...options.subject })
    this.#source = policy({ ...SOURCE_POLICY, ...options.source })
  }

  /**
   * Runs `verify` unless locked. CREDENTIALS_WRONG (with `details.attemptsLeft`, and `retryAfter` once it locked) where it
   * gives false; LOCKED (with `retryAfter`) without running it. What `verify` throws is handed on and costs no attempt.
   */
  async attempt(who: Attempt, verify: () => Promise<boolean>): Promise<void> {
    const source = who.source === undefined ? undefined : await this.#reserve('source', who.source, this.#source)
    const subject = await this.#reserve('subject', who.subject, this.#subject)
    let ok: boolean
    try {
      ok = await verify()
    } catch (error) {
      await this.#giveBack(subject, this.#subject)
      if (source !== undefined) await this.#giveBack(source, this.#source)
      throw error
    }
    if (ok) {
      await this.clear(who.subject)
      if (source !== undefined) await this.#giveBack(source, this.#source)
      return
    }
    const retryAfter = subject.locked ? { retryAfter: await this.#waitOf(subject.id) } : {}
    throw new AuthError('CREDENTIALS_WRONG', { details: { attemptsLeft: subject.left }, ...retryAfter })
  }

  /** Seconds until the subject may try again; 0 where it may now. */
  async lockedFor(subject: string): Promise<number> {
    return this.#waitOf(this.#id('subject', subject))
  }

  /** Forgets all wrong attempts of a subject: after the right secret, or after an admin's reset. */
  async clear(subject: string): Promise<void> {
    const id = this.#id('subject', subject)
    await this.#o.store.change(id, (current) => (current === undefined ? null : fresh(id, this.#now())))
  }

  async #reserve(kind: 'subject' | 'source', name: string, rule: LockPolicy): Promise<Reservation> {
    const id = this.#id(kind, name)
    const now = this.#now()
    let wait = 0
    let reservation: Reservation = { id, locked: false, left: 0 }
    await this.#o.store.change(id, (current) => {
      let record = current === undefined || Date.parse(current.expiresAt) <= now ? fresh(id, now) : current
      wait = until(record.lockedUntil)
      if (wait > now) return null
      wait = 0
      if (Date.parse(record.windowUntil) <= now) record = { ...record, failures: 0, windowUntil: iso(now + rule.windowMs) }
      const failures = record.failures + 1
      const locked = failures >= rule.attempts
      reservation = { id, locked, left: rule.attempts - failures }
      if (!locked)
        return {
          ...record,
          failures,
          lockedUntil: null,
          expiresAt: iso(Math.max(Date.parse(record.windowUntil), Date.parse(record.expiresAt))),
        }
      const lockedUntil = now + Math.min(rule.maxLockMs, rule.lockMs * rule.factor ** record.level)
      return {
        ...record,
        failures: 0,
        windowUntil: iso(now),
        level: record.level + 1,
        lockedUntil: iso(lockedUntil),
        expiresAt: iso(lockedUntil + rule.forgetMs),
      }
    })
    if (wait > 0) throw new AuthError('LOCKED', { retryAfter: secondsUntil(wait, now) })
    return reservation
  }

  /** Takes back one attempt, and the lock if it was this attempt that locked. */
  async #giveBack({ id, locked }: Reservation, rule: LockPolicy): Promise<void> {
    const now = this.#now()
    await this.#o.store.change(id, (current) => {
      if (current === undefined) return null
      if (!locked) return { ...current, failures: Math.max(0, current.failures - 1) }
      return {
        ...current,
        failures: rule.attempts - 1,
        windowUntil: iso(now + rule.windowMs),
        level: Math.max(0, current.level - 1),
        lockedUntil: null,
      }
    })
  }

  async #waitOf(id: string): Promise<number> {
    const now = this.#now()
    const end = until((await this.#o.store.get(id))?.lockedUntil ?? null)
    return end > now ? secondsUntil(end, now) : 0
  }

  #id(kind: 'subject' | 'source', name: string): string {
    return Buffer.from(this.#o.mac.hmac(bind('growr.lock', this.#o.name, kind, name))).toString('base64url')
  }

  #now(): number {
    return this.#o.clock.now().getTime()
  }
}

function policy(rule: LockPolicy): LockPolicy {
  if (!Number.isInteger(rule.attempts) || rule.attempts < 1 || !(rule.factor >= 1) || !(rule.lockMs > 0))
    throw new TypeError('a lock needs at least one attempt, a time, and a factor of 1 or more')
  return rule
}

const iso = (ms: number): string => new Date(ms).toISOString()
const until = (text: string | null): number => (text === null ? 0 : Date.parse(text))
const fresh = (id: string, now: number): LockRecord => ({
  id,
  failures: 0,
  windowUntil: iso(now),
  level: 0,
  lockedUntil: null,
  expiresAt: iso(now),
})
