export interface CheckResult {
  readonly ok: boolean
  /** Why not, for the operator: never a value that leads to a person. */
  readonly reason?: string
}

export interface CheckOptions {
  /** `live`: a failure means that only a new start helps. `ready` (where not given): that it should get no work now. */
  readonly kind?: 'live' | 'ready'
  readonly timeoutMs?: number
}

export interface HealthReport {
  readonly live: boolean
  readonly ready: boolean
  readonly checks: readonly (CheckResult & { readonly name: string; readonly kind: 'live' | 'ready' })[]
}

interface Check {
  readonly name: string
  readonly kind: 'live' | 'ready'
  readonly timeoutMs: number
  readonly run: () => CheckResult | Promise<CheckResult>
}

/** Named checks. A process that is not live should be started anew; one that is not ready should get no work. */
export class Health {
  readonly #checks = new Map<string, Check>()

  /** Asks each time. A check that throws or takes longer than its time-out (2 s) fails, with the error's code as reason. */
  add(name: string, run: () => boolean | CheckResult | Promise<boolean | CheckResult>, options: CheckOptions = {}): () => void {
    const asResult = async (): Promise<CheckResult> => {
      const answer = await run()
      return typeof answer === 'boolean' ? { ok: answer } : answer
    }
    return this.#put({ name, kind: options.kind ?? 'ready', timeoutMs: options.timeoutMs ?? 2000, run: asResult })
  }

  /** States what is known, until it is stated anew. */
  set(name: string, result: CheckResult, options: CheckOptions = {}): void {
    this.#checks.delete(name)
    this.#put({ name, kind: options.kind ?? 'ready', timeoutMs: 0, run: () => result })
  }

  async report(): Promise<HealthReport> {
    const checks = await Promise.all([...this.#checks.values()].map(async (check) => ({ name: check.name, kind: check.kind, ...(await ask(check)) })))
    const live = checks.every((check) => check.ok || check.kind !== 'live')
    return { live, ready: live && checks.every((check) => check.ok), checks }
  }

  #put(check: Check): () => void {
    if (this.#checks.has(check.name)) throw new RangeError(`there is a check ${check.name} already`)
    this.#checks.set(check.name, check)
    return () => {
      if (this.#checks.get(check.name) === check) this.#checks.delete(check.name)
    }
  }
}

async function ask(check: Check): Promise<CheckResult> {
  let alarm: NodeJS.Timeout | undefined
  const late = new Promise<CheckResult>((resolve) => {
    if (check.timeoutMs > 0) alarm = setTimeout(() => resolve({ ok: false, reason: 'TIMED_OUT' }), check.timeoutMs)
  })
  try {
    return await Promise.race([check.run(), late])
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code
    return { ok: false, reason: typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'CHECK_FAILED' }
  } finally {
    clearTimeout(alarm)
  }
}
