import type { Held } from './balances.ts'
import type { Balances, Journey, Person, Step } from './document.ts'
import type { Actor, Door, Outcome } from './doors/door.ts'
import { type File, textOf } from './files.ts'
import type { Inbox } from './inbox.ts'
import { differences } from './match.ts'
import type { Known } from './people.ts'
import { type Show, summary } from './show.ts'
import { instantOf } from './time.ts'
import { at, type Scope, substitute } from './values.ts'

export interface Stage {
  readonly doors: ReadonlyMap<string, Door>
  readonly inbox: Inbox
  readonly people: Map<string, Known>
  readonly organizations: ReadonlyMap<string, string>
  readonly show: Show
  readonly moveClock: (to: Date) => Promise<void>
  /** What the accounts of a project hold now, by its name; through a public door. */
  readonly balances: (project: string) => Promise<Held>
  /** Where the books are not what the payment networks say, if there are any. */
  readonly unlikeNetworks?: () => Promise<string[]>
}

export class StepFailed extends Error {
  readonly code = 'STEP_FAILED'
}

const POLL = 25

/** Plays the steps in order. Throws StepFailed at the first that does not come out as expected. */
export async function play(journey: Journey, stage: Stage): Promise<void> {
  const captured = new Map<string, unknown>()
  let day = journey.start
  for (const step of journey.steps) {
    if (step.note !== undefined && step.do === undefined && step.query === undefined) stage.show.note(step.note)
    if (step.on !== undefined || step.at !== undefined) {
      day = step.on ?? day
      await stage.moveClock(instantOf(day, step.at ?? '10:00', journey.timezone))
    }
    if (step.do !== undefined || step.query !== undefined) await perform(journey, stage, step, day, captured)
    if (step.balances !== undefined) await weigh(stage, step, day, step.balances)
  }
}

async function perform(journey: Journey, stage: Stage, step: Step, day: string, captured: Map<string, unknown>): Promise<void> {
  const turns = step.each === undefined ? [undefined] : members(journey, step.each)
  let last = ''
  for (const turn of turns) {
    const name = step.who === 'each' ? (turn as string) : (step.who as string)
    const actor: Actor = { name, person: journey.people[name] as Person }
    const { outcome, problems, request } = await attempt(stage, step, actor, scopeOf(journey, stage, captured, turn, name)).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      stage.show.step(step, day, name, false, message)
      throw new StepFailed(`line ${step.line}: ${name}: ${step.do ?? step.query}: ${message}`)
    })
    last = problems.length > 0 ? problems.join('; ') : 'refusal' in outcome ? `${outcome.refusal.code} ${outcome.refusal.path ?? ''}`.trim() : summary(request)
    const who = turn === undefined || turn === name ? name : `${name}→${turn}`
    if (problems.length > 0) {
      stage.show.step(step, day, who, false, last)
      throw new StepFailed(`line ${step.line}: ${who}: ${step.do ?? step.query}: ${last}`)
    }
    if (turns.length <= 3) stage.show.step(step, day, who, true, last)
    capture(step, 'result' in outcome ? outcome.result : undefined, turn === undefined ? captured : (stage.people.get(turn) as Known))
  }
  if (turns.length > 3) stage.show.step(step, day, step.who === 'each' ? `${turns.length} people` : `${step.who}→${turns.length}`, true, last)
}

async function attempt(stage: Stage, step: Step, actor: Actor, scope: Scope): Promise<{ outcome: Outcome; problems: string[]; request: Readonly<Record<string, unknown>> }> {
  const door = stage.doors.get(step.door ?? 'graphql')
  if (!door) throw new Error(`there is no door "${step.door}": ${[...stage.doors.keys()].join(', ')}`)
  const request = (await substitute(step.with ?? {}, scope)) as Readonly<Record<string, unknown>>
  const expected = step.expect === undefined ? undefined : await substitute(step.expect, scope)
  const until = Date.now() + Number.parseInt(step.eventually ?? '0', 10) * 1000
  for (;;) {
    const outcome = await door.perform(actor, {
      kind: step.do === undefined ? 'query' : 'do',
      operation: (step.do ?? step.query) as string,
      with: request,
      ...(step.requestId === undefined ? {} : { requestId: step.requestId }),
    })
    const problems = judge(outcome, expected)
    if (problems.length === 0 || Date.now() >= until) return { outcome, problems, request }
    await new Promise((resolve) => setTimeout(resolve, POLL))
  }
}

/** An expectation with a `code` is one of a refusal; any other is one of the result. */
function judge(outcome: Outcome, expected: unknown): string[] {
  const refusal = typeof expected === 'object' && expected !== null && 'code' in expected
  if ('refusal' in outcome) {
    if (refusal) return differences(expected, outcome.refusal)
    return [`refused: ${outcome.refusal.code}${outcome.refusal.path ? ` at ${outcome.refusal.path}` : ''}${outcome.refusal.details ? ` ${JSON.stringify(outcome.refusal.details)}` : ''} ${outcome.refusal.message ?? ''}`]
  }
  if (refusal) return [`expected the refusal ${(expected as { code: string }).code}, but it succeeded`]
  return expected === undefined ? [] : differences(expected, outcome.result)
}

function capture(step: Step, result: unknown, into: Map<string, unknown> | Known): void {
  for (const [name, path] of Object.entries(step.capture ?? {})) {
    const value = at(result, path)
    if (value === undefined) throw new StepFailed(`line ${step.line}: the result has no "${path}" to capture`)
    if (into instanceof Map) into.set(name, value)
    else into[name] = value
  }
}

function members(journey: Journey, each: string | readonly string[]): string[] {
  const names = typeof each === 'string' ? [each] : each
  return names.flatMap((name) => journey.groups[name] ?? [name])
}

function scopeOf(journey: Journey, stage: Stage, captured: ReadonlyMap<string, unknown>, turn: string | undefined, self: string): Scope {
  return {
    resolve([first, ...rest]) {
      if (first === 'each') return turn === undefined ? undefined : ofPerson(journey, stage, turn, rest)
      if (first === 'me') return ofPerson(journey, stage, self, rest)
      if (first === 'people') return rest[0] === undefined ? undefined : ofPerson(journey, stage, rest[0], rest.slice(1))
      if (first === 'files') return textOf(journey.files[rest.join('.')] as File, this)
      if (first === 'organizations') return stage.organizations.get(rest.join('.'))
      const value = captured.get(first as string)
      return rest.length === 0 ? value : at(value, rest.join('.'))
    },
  }
}

function ofPerson(journey: Journey, stage: Stage, name: string, path: readonly string[]): unknown {
  const person = journey.people[name]
  if (!person) return undefined
  if (path[0] === 'inbox') {
    const channel = path[1] === 'email' ? 'email' : 'sms'
    const address = channel === 'email' ? person.email : person.phone
    if (address === undefined) return undefined
    if (path[2] === 'code') return stage.inbox.code(channel, address)
    return stage.inbox.newest(channel, address, () => true).then((mail) => mail?.text)
  }
  return at({ ...person, ...stage.people.get(name) }, path.join('.'))
}

async function weigh(stage: Stage, step: Step, day: string, expected: Balances): Promise<void> {
  const until = Date.now() + Number.parseInt(step.eventually ?? '5', 10) * 1000
  for (;;) {
    const problems = [...(await unbalanced(expected, stage.balances)), ...((await stage.unlikeNetworks?.()) ?? [])]
    if (problems.length === 0) return stage.show.step(step, day, '', true, Object.keys(expected).join(', '))
    if (Date.now() >= until) {
      stage.show.step(step, day, '', false, problems.join('; '))
      throw new StepFailed(`line ${step.line}: ${problems.join('; ')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL))
  }
}

/** Compares literal balances with what the accounts hold. */
export async function unbalanced(expected: Balances, balances: Stage['balances']): Promise<string[]> {
  const problems: string[] = []
  for (const [project, wanted] of Object.entries(expected)) {
    const { of, nothing } = await balances(project)
    for (const [account, amount] of Object.entries(wanted)) {
      // Of another currency that was never used nobody knows the decimals: any zero is right.
      const held = of.get(account) ?? (account.includes(' ') && Number(amount) === 0 ? amount : nothing)
      if (held !== amount) problems.push(`${project}: ${account}: expected ${amount}, holds ${held}`)
    }
  }
  return problems
}
