/** How long a secret that was entered is remembered: no session of a phone lasts longer between two entries. */
const lifetimeMs = 180_000
const mostSessions = 20_000

interface Kept {
  readonly values: Map<string, string>
  until: number
}

/**
 * PINs, codes and answers that one screen asked for and a later one needs. They are in this process's memory alone and in no record:
 * after a restart, or a pause, they have to be entered again.
 */
export class Secrets {
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()

  constructor(now: () => number) {
    this.#now = now
  }

  keep(session: string, name: string, value: string): void {
    const kept = this.#of(session) ?? { values: new Map<string, string>(), until: 0 }
    kept.values.set(name, value)
    kept.until = this.#now() + lifetimeMs
    this.#kept.delete(session)
    this.#kept.set(session, kept)
    if (this.#kept.size > mostSessions) this.#kept.delete(this.#kept.keys().next().value!)
  }

  get(session: string, name: string): string | undefined {
    return this.#of(session)?.values.get(name)
  }

  /** Forgets all but these. */
  forget(session: string, but: readonly string[] = []): void {
    const kept = this.#kept.get(session)
    if (kept === undefined) return
    for (const name of kept.values.keys()) if (!but.includes(name)) kept.values.delete(name)
    if (kept.values.size === 0) this.#kept.delete(session)
  }

  /** Takes away what has been there too long. */
  sweep(): void {
    const now = this.#now()
    for (const [session, { until }] of this.#kept) if (until <= now) this.#kept.delete(session)
  }

  #of(session: string): Kept | undefined {
    const kept = this.#kept.get(session)
    if (kept === undefined || kept.until > this.#now()) return kept
    this.#kept.delete(session)
    return undefined
  }
}
