import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { LineCounter, parseDocument } from 'yaml'
import schema from '../../../journeys/journey.schema.json' with { type: 'json' }

export type Role = 'NODE_OPERATOR' | 'ORIGINATOR_ADMIN' | 'ORIGINATOR_AGENT' | 'INVESTOR' | 'BORROWER'

export interface Person {
  readonly role: Role
  readonly organization?: string
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  readonly password?: string
  readonly pin?: string
  readonly language?: 'en' | 'es'
  readonly register?: boolean
}

/** By project name, then by account or class of accounts, a decimal string. */
export type Balances = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface Step {
  readonly note?: string
  readonly on?: string
  readonly at?: string
  readonly who?: string
  readonly each?: string | readonly string[]
  readonly door?: string
  readonly do?: string
  readonly query?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly requestId?: string
  readonly capture?: Readonly<Record<string, string>>
  readonly expect?: unknown
  readonly eventually?: string
  readonly balances?: Balances
  /** The line of the file on which the step begins. */
  readonly line: number
}

export interface Journey {
  readonly file: string
  readonly name: string
  readonly description?: string
  readonly start: string
  readonly timezone: string
  readonly people: Readonly<Record<string, Person>>
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly steps: readonly Step[]
  readonly balances?: Balances
}

/** A journey file that cannot be played: each finding says where, what, and what to do. */
export class JourneyInvalid extends Error {
  readonly code = 'JOURNEY_INVALID'
  readonly file: string
  readonly findings: readonly string[]

  constructor(file: string, findings: readonly string[]) {
    super(`${file} is not a journey:\n${findings.map((finding) => `  ${finding}`).join('\n')}`)
    this.file = file
    this.findings = findings
  }
}

const LARGEST = 2_000_000
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false }).compile(schema)

/** Reads and checks a journey. Throws JourneyInvalid with every finding by line. */
export async function readJourney(file: string): Promise<Journey> {
  return parseJourney(await readFile(file, 'utf8'), file)
}

export function parseJourney(text: string, file: string): Journey {
  if (text.length > LARGEST) throw new JourneyInvalid(file, [`it is larger than ${LARGEST} characters`])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, maxAliasCount: 100 } as never)
  if (document.errors.length > 0) throw new JourneyInvalid(file, document.errors.map((error) => error.message.split('\n')[0] ?? 'not YAML'))
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new JourneyInvalid(file, [(error as Error).message])
  }
  if (!validate(value)) {
    const findings = (validate.errors ?? []).filter((error) => !['anyOf', 'not'].includes(error.keyword) || (validate.errors ?? []).length === 1).map((error) => {
      const path = error.instancePath.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      const what = error.keyword === 'additionalProperties' ? `unknown key "${String(error.params['additionalProperty'])}"` : (error.message ?? 'is not of its form')
      return `line ${lineOf(path)}: ${path.join('.') || 'the file'}: ${what}`
    })
    throw new JourneyInvalid(file, [...new Set(findings)].slice(0, 40))
  }
  const journey = value as Omit<Journey, 'file'>
  const steps = journey.steps.map((step, index) => ({ ...step, line: lineOf(['steps', index]) }))
  const whole: Journey = { ...journey, file, timezone: journey.timezone ?? 'UTC', groups: journey.groups ?? {}, steps }
  const findings = cross(whole)
  if (findings.length > 0) throw new JourneyInvalid(file, findings)
  return whole
}

/** What a schema cannot say: names must be known, time must not run backwards. */
function cross(journey: Journey): string[] {
  const findings: string[] = []
  const known = (name: string): boolean => Object.hasOwn(journey.people, name)
  for (const [group, members] of Object.entries(journey.groups)) {
    if (known(group)) findings.push(`groups.${group}: a person has this name already`)
    for (const member of members) if (!known(member)) findings.push(`groups.${group}: there is no person "${member}"`)
  }
  for (const [name, person] of Object.entries(journey.people)) {
    const staff = person.role === 'ORIGINATOR_ADMIN' || person.role === 'ORIGINATOR_AGENT' || person.role === 'BORROWER'
    if (staff && !person.organization) findings.push(`people.${name}: a ${person.role} needs an organization`)
    if (!staff && person.organization) findings.push(`people.${name}: a ${person.role} has no organization`)
    const byPhone = person.role === 'ORIGINATOR_AGENT' || person.role === 'BORROWER'
    if (byPhone && !person.phone) findings.push(`people.${name}: a ${person.role} needs a phone`)
    if (person.role !== 'NODE_OPERATOR' && !byPhone && !person.email) findings.push(`people.${name}: a ${person.role} needs an email`)
  }
  let day = journey.start
  for (const step of journey.steps) {
    if (step.who && step.who !== 'each' && !known(step.who)) findings.push(`line ${step.line}: there is no person "${step.who}"`)
    if (step.who === 'each' && !step.each) findings.push(`line ${step.line}: \`who: each\` needs an \`each\``)
    const each = typeof step.each === 'string' ? [step.each] : (step.each ?? [])
    for (const name of each) if (!known(name) && !Object.hasOwn(journey.groups, name)) findings.push(`line ${step.line}: there is no person or group "${name}"`)
    if (step.on && step.on < day) findings.push(`line ${step.line}: ${step.on} lies before ${day}: time does not run backwards`)
    if (step.on) day = step.on
  }
  return findings
}
