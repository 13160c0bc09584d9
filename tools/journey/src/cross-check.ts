import { ACCOUNT_CLASSES } from './balances.ts'
import type { Balances, Journey, Person, Step } from './document.ts'
import type { File } from './files.ts'
import { referencesIn } from './values.ts'

type LineOf = (path: readonly (string | number)[]) => number

const BY_PHONE = new Set<Person['role']>(['ORIGINATOR_AGENT', 'BORROWER'])
const OF_ORGANIZATION = new Set<Person['role']>(['ORIGINATOR_ADMIN', 'ORIGINATOR_AGENT', 'BORROWER'])

/** What a schema cannot say: names must be known, references stand for something, dates exist, time does not run backwards. */
export function crossCheck(journey: Journey, lineOf: LineOf): string[] {
  const say = (path: readonly (string | number)[], what: string): string => `line ${lineOf(path)}: ${what}`
  return [
    ...(isDate(journey.start) ? [] : [say(['start'], `${journey.start} is no day of the calendar`)]),
    ...(isTimezone(journey.timezone) ? [] : [say(['timezone'], `${journey.timezone} is no time zone of the IANA database, such as America/Tegucigalpa`)]),
    ...Object.entries(journey.people).flatMap(([name, person]) => ofPerson(name, person).map((what) => say(['people', name], what))),
    ...Object.entries(journey.groups).flatMap(([group, members]) => ofGroup(journey, group, members).map((what) => say(['groups', group], what))),
    ...Object.entries(journey.files).flatMap(([name, file]) => ofFile(file).map((what) => say(['files', name], what))),
    ...ofSteps(journey),
    ...ofBalances(journey.balances).map((what) => say(['balances'], what)),
  ]
}

function ofPerson(name: string, person: Person): string[] {
  const findings: string[] = []
  const { role, organization, phone, email } = person
  if (OF_ORGANIZATION.has(role) && !organization) findings.push(`people.${name}: a ${role} needs an organization`)
  if (!OF_ORGANIZATION.has(role) && organization) findings.push(`people.${name}: a ${role} has no organization`)
  if (BY_PHONE.has(role) && !phone) findings.push(`people.${name}: a ${role} needs a phone`)
  if (role !== 'NODE_OPERATOR' && !BY_PHONE.has(role) && !email) findings.push(`people.${name}: a ${role} needs an email`)
  return findings
}

function ofGroup(journey: Journey, group: string, members: readonly string[]): string[] {
  const taken = Object.hasOwn(journey.people, group) ? [`groups.${group}: a person has this name already`] : []
  return [...taken, ...members.filter((member) => !Object.hasOwn(journey.people, member)).map((member) => `groups.${group}: there is no person "${member}"`)]
}

function ofFile(file: File): string[] {
  if (typeof file === 'string') return []
  return file.rows.flatMap((row, index) => (row.length === file.columns.length ? [] : [`row ${index + 1} has ${row.length} cells, and there are ${file.columns.length} columns`]))
}

function ofSteps(journey: Journey): string[] {
  const captured = new Set<string>()
  let day = journey.start
  return journey.steps.flatMap((step) => {
    const findings = [...ofActors(journey, step), ...ofDoor(journey, step), ...ofTime(step, day), ...ofReferences(journey, step, captured), ...ofBalances(step.balances)]
    if (step.on !== undefined && step.on > day) day = step.on
    if (step.each === undefined) for (const name of Object.keys(step.capture ?? {})) captured.add(name)
    return findings.map((what) => `line ${step.line}: ${what}`)
  })
}

function ofActors(journey: Journey, step: Step): string[] {
  const findings: string[] = []
  if (step.who !== undefined && step.who !== 'each' && !Object.hasOwn(journey.people, step.who)) findings.push(`there is no person "${step.who}"`)
  if (step.who === 'each' && step.each === undefined) findings.push('`who: each` needs an `each`')
  const each = typeof step.each === 'string' ? [step.each] : (step.each ?? [])
  for (const name of each) if (!Object.hasOwn(journey.people, name) && !Object.hasOwn(journey.groups, name)) findings.push(`there is no person or group "${name}"`)
  return findings
}

/** Which networks make a door. */
const DOORS_OF_NETWORKS: Readonly<Record<string, Journey['networks']>> = { bitcoin: ['bitcoin', 'lightning'], lightning: ['lightning'], rootstock: ['rootstock'], rates: ['bitcoin', 'lightning', 'rootstock'] }

function ofDoor({ networks }: Journey, { door = '' }: Step): string[] {
  const makes = Object.hasOwn(DOORS_OF_NETWORKS, door) ? DOORS_OF_NETWORKS[door] : undefined
  if (!makes || makes.some((network) => networks.includes(network))) return []
  return [`the door ${door} needs \`networks: [${makes[0]}]\` in the head of the journey`]
}

function ofTime({ on, at }: Step, day: string): string[] {
  if (on !== undefined && !isDate(on)) return [`${on} is no day of the calendar`]
  if (on !== undefined && on < day) return [`${on} lies before ${day}: time does not run backwards`]
  return at !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(at) ? [`${at} is no time of the day`] : []
}

/** A reference must stand for something by the time of its step; what is captured for each person is known only then. */
function ofReferences(journey: Journey, step: Step, captured: ReadonlySet<string>): string[] {
  const organizations = new Set(Object.values(journey.people).flatMap(({ organization }) => organization ?? []))
  return [...referencesIn(step.with), ...referencesIn(step.expect)].flatMap((path) => {
    const [first = '', second = '', ...rest] = path
    const whole = `$${path.join('.')}`
    if (first === 'me') return []
    if (first === 'each') return step.each === undefined ? [`${whole} needs an \`each\``] : []
    if (first === 'people') return Object.hasOwn(journey.people, second) ? [] : [`${whole}: there is no person "${second}"`]
    if (first === 'files') return Object.hasOwn(journey.files, second) ? [] : [`${whole}: there is no file "${second}"`]
    if (first === 'organizations') return organizations.has([second, ...rest].join('.')) ? [] : [`${whole}: nobody is of an organization of this name`]
    return captured.has(first) ? [] : [`${whole} stands for nothing yet: capture it in an earlier step (write $$ for a text that begins with $)`]
  })
}

function ofBalances(balances: Balances | undefined): string[] {
  const known: ReadonlySet<string> = new Set(ACCOUNT_CLASSES)
  const named = Object.entries(balances ?? {}).flatMap(([project, accounts]) => Object.keys(accounts).map((account) => ({ project, account })))
  return named.filter(({ account }) => !known.has(account.split(/[/ ]/)[0] ?? '')).map(({ project, account }) => `balances.${project}: there are no accounts "${account}"; there are ${ACCOUNT_CLASSES.join(', ')}`)
}

function isDate(date: string): boolean {
  const instant = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date)
}

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}
