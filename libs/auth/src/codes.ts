import { randomInt } from 'node:crypto'
import { bind, sameText } from './bytes.ts'
import { AuthError, secondsUntil } from './errors.ts'
import type { AtomicStore, Clock, Expiring, Mac } from './ports.ts'

/** What is kept of a code: no code, no phone, no e-mail. `id` is a keyed hash of purpose and subject. */
export interface CodeRecord extends Expiring {
  /** Keyed hash of the code; null where no code was sent and only wrong attempts are counted. */
  readonly mac: string | null
  /** ISO instant after which the code no longer counts. */
  readonly validUntil: string
  readonly spentAt: string | null
  readonly attempts: number
  readonly lockedUntil: string | null
  /** ISO instants of the codes sent within the last hour. */
  readonly issuedAt: readonly string[]
}

export interface OneTimeCodesOptions {
  readonly store: AtomicStore<CodeRecord>
  readonly mac: Mac
  readonly clock: Clock
  /** Digits of a code, 4 to 10; 6 unless told. */
  readonly digits?: number
  /** How long a code counts, in milliseconds; 10 minutes unless told. */
  readonly ttlMs?: number
  /** Wrong attempts after which a code is dead and the subject locked; 5 unless told. */
  readonly maxAttempts?: number
  /** How long it is locked then, in milliseconds; 15 minutes unless told. */
  readonly lockMs?: number
  /** Codes for one purpose and subject within an hour; 5 unless told. */
  readonly maxIssuesPerHour?: number
}

/** What a code is for: the same digits are worth nothing for another purpose, or for somebody (or something) else. */
export interface CodeFor {
  /** Such as 'REGISTER' or 'CASH_REPAYMENT'. */
  readonly purpose: string
  /** Whom or what it concerns: a phone in E.164, an e-mail in lower case, the key of a payment. */
  readonly subject: string
}

export interface IssuedCode {
  readonly code: string
  readonly validUntil: Date
}

type Outcome = 'OK' | 'CODE_WRONG' | 'CODE_EXPIRED' | 'CODE_SPENT' | 'LOCKED'

const HOUR = 3_600_000
const MAX_SUBJECT = 512

/**
 * One-time codes of random digits. A new code replaces the one before. The record tells nothing without the key.
 * A wrong code is CODE_WRONG whatever else is the matter, also where no code was ever sent: only who holds the right
 * one learns that it has expired or is spent.
 */
export class OneTimeCodes {
  readonly #o: Required<OneTimeCodesOptions>

  constructor(options: OneTimeCodesOptions) {
    this.#o = { digits: 6, ttlMs: 600_000, maxAttempts: 5, lockMs: 900_000, maxIssuesPerHour: 5, ...options }
    const { digits, maxAttempts } = this.#o
    if (!Number.isInteger(digits) || digits < 4 || digits > 10) throw new TypeError('a code has 4 to 10 digits')
    if (!Number.isInteger(maxAttempts) || maxAttempts < 1) throw new TypeError('at least one attempt')
  }

  /** Makes a code to send. LOCKED after too many wrong attempts, RATE_LIMITED after too many codes; both with `retryAfter`. */
  async issue(what: CodeFor): Promise<IssuedCode> {
    const id = this.#id(what)
    const code = this.#draw()
    const now = this.#o.clock.now().getTime()
    const validUntil = now + this.#o.ttlMs
    let refusal = undefined as AuthError | undefined
    await this.#o.store.change(id, (current) => {
      refusal = undefined
      const issuedAt = (current?.issuedAt ?? []).filter((at) => Date.parse(at) > now - HOUR)
      const locked = instant(current?.lockedUntil)
      if (locked > now) refusal = new AuthError('LOCKED', { retryAfter: secondsUntil(locked, now) })
      else if (issuedAt.length >= this.#o.maxIssuesPerHour)
        refusal = new AuthError('RATE_LIMITED', { retryAfter: secondsUntil(Date.parse(issuedAt[0]!) + HOUR, now) })
      if (refusal !== undefined) return null
      return {
        id,
        mac: this.#macOf(what, code),
        validUntil: iso(validUntil),
        spentAt: null,
        attempts: 0,
        lockedUntil: null,
        issuedAt: [...issuedAt, iso(now)],
        expiresAt: iso(Math.max(validUntil, now + HOUR)),
      }
    })
    if (refusal !== undefined) throw refusal
    return { code, validUntil: new Date(validUntil) }
  }

  /** Whether it is the code, without using it up; a wrong one counts as an attempt. Refusals as in `use`. */
  check(what: CodeFor, code: string): Promise<void> {
    return this.#try(what, code, false)
  }

  /** Uses the code up. CODE_WRONG (with `details.attemptsLeft`), CODE_EXPIRED, CODE_SPENT, LOCKED (with `retryAfter`). */
  use(what: CodeFor, code: string): Promise<void> {
    return this.#try(what, code, true)
  }

  async #try(what: CodeFor, code: string, spend: boolean): Promise<void> {
    const id = this.#id(what)
    const given = this.#macOf(what, /^\d{4,10}$/.test(code) ? code : '')
    const now = this.#o.clock.now().getTime()
    let outcome = 'CODE_WRONG' as Outcome
    let lockedUntil = 0
    let left = 0
    await this.#o.store.change(id, (current) => {
      // Where no code was sent, attempts are counted all the same: a lock must not tell who has been invited.
      const record = this.#opened(current ?? this.#unsent(id, now), now)
      lockedUntil = instant(record.lockedUntil)
      if (lockedUntil > now) {
        outcome = 'LOCKED'
        return null
      }
      if (record.mac !== null && sameText(record.mac, given)) {
        outcome = record.spentAt !== null ? 'CODE_SPENT' : instant(record.validUntil) <= now ? 'CODE_EXPIRED' : 'OK'
        return outcome === 'OK' && spend ? { ...record, spentAt: iso(now) } : null
      }
      outcome = 'CODE_WRONG'
      const attempts = record.attempts + 1
      left = Math.max(0, this.#o.maxAttempts - attempts)
      const lock = attempts < this.#o.maxAttempts ? null : now + this.#o.lockMs
      // A locked code is dead: what is left of its time must not let somebody go on guessing it afterwards.
      return {
        ...record,
        attempts,
        mac: lock === null ? record.mac : null,
        lockedUntil: lock === null ? null : iso(lock),
        expiresAt: iso(Math.max(Date.parse(record.expiresAt), lock ?? 0)),
      }
    })
    if (outcome === 'OK') return
    if (outcome === 'LOCKED') throw new AuthError('LOCKED', { retryAfter: secondsUntil(lockedUntil, now) })
    throw new AuthError(outcome, outcome === 'CODE_WRONG' ? { details: { attemptsLeft: left } } : {})
  }

  /** A lock that has passed gives new attempts, and so does time; the code that a lock killed stays dead. */
  #opened(record: CodeRecord, now: number): CodeRecord {
    const passed = record.lockedUntil !== null && Date.parse(record.lockedUntil) <= now
    const old = Date.parse(record.expiresAt) <= now
    return passed || old ? { ...record, lockedUntil: null, attempts: 0, expiresAt: iso(now + HOUR) } : record
  }

  #unsent(id: string, now: number): CodeRecord {
    return { id, mac: null, validUntil: iso(now), spentAt: null, attempts: 0, lockedUntil: null, issuedAt: [], expiresAt: iso(now + HOUR) }
  }

  #draw(): string {
    return String(randomInt(0, 10 ** this.#o.digits)).padStart(this.#o.digits, '0')
  }

  #id({ purpose, subject }: CodeFor): string {
    if (subject.length === 0 || subject.length > MAX_SUBJECT || purpose.length === 0 || purpose.length > MAX_SUBJECT)
      throw new TypeError('purpose and subject are 1 to 512 characters')
    return Buffer.from(this.#o.mac.hmac(bind('growr.code.subject', purpose, subject))).toString('base64url')
  }

  #macOf({ purpose, subject }: CodeFor, code: string): string {
    return Buffer.from(this.#o.mac.hmac(bind('growr.code.value', purpose, subject, code))).toString('base64url')
  }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const instant = (text: string | null | undefined): number => (text === null || text === undefined ? 0 : Date.parse(text))
