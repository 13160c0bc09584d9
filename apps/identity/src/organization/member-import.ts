import type { ActionContext } from '@growr/bus'
import type { PendingEvent } from '@growr/collections'
import { Refusal, type organization as contract, type Params } from '@growr/contracts'
import { digestOf, readCsv, type RowFault } from '@growr/service'
import { normalizePhone } from '../common/contact.ts'
import type { Kit } from '../kit.ts'
import { inTurn, personAt } from '../user/invitations.ts'
import type { UserDoc } from '../user/user.collections.ts'
import { invite, newUser, numberOf, withNumber } from '../user/user.model.ts'
import type { OrganizationDoc } from './organization.collections.ts'

/** One call works for so long, in milliseconds: well below what a caller waits. The next call goes on where this one ended. */
const WORK_MS = 10_000
/** As many faults as an answer lists. */
const MOST_FAULTS = 1000

interface Row {
  readonly line: number
  readonly number: string
  readonly name: string
  readonly phone: string
  readonly language: 'en' | 'es'
}

type Verdict = 'new' | 'known' | { readonly column: string; readonly reason: string }

/**
 * Takes members over from CSV. A dry run looks at every row and changes nothing; the real run takes the digest of what was looked at
 * and adds whoever is not there, by the number under which the organization keeps them: twice adds nothing. CSV_INVALID,
 * CONTROL_TOTALS, DRY_RUN_MISSING, ROWS_INVALID with each row by its line and reason.
 */
export async function importMembers(kit: Kit, organization: OrganizationDoc, params: Params<typeof contract.importMembers>, context: ActionContext): Promise<contract.MemberImport> {
  const { rows, faults, count } = parse(kit, organization, params.csv)
  const digest = digestOf({ organization: organization.id, csv: params.csv })
  if (params.controlTotals !== undefined && params.controlTotals.count !== count) throw new Refusal('CONTROL_TOTALS', { path: 'controlTotals.count', details: { count } })
  if (!params.dryRun && params.digest !== digest) throw new Refusal('DRY_RUN_MISSING', { path: 'digest' })
  const verdicts: Verdict[] = []
  for (const row of rows) verdicts.push(await verdictOn(kit, organization.id, row))
  const wrong = verdicts.flatMap((verdict, index): RowFault[] => (typeof verdict === 'string' ? [] : [{ line: rows[index]!.line, ...verdict }]))
  const all = [...faults, ...wrong].sort((a, b) => a.line - b.line)
  if (!params.dryRun && all.length > 0) throw new Refusal('ROWS_INVALID', { path: 'csv', details: { faults: all.slice(0, MOST_FAULTS), count: all.length } })
  const wanted = rows.filter((_, index) => verdicts[index] === 'new')
  const known = verdicts.filter((verdict) => verdict === 'known').length
  const report = { digest, rows: count, known, faults: all.slice(0, MOST_FAULTS) }
  if (params.dryRun) return { ...report, done: false, added: wanted.length }
  const started = performance.now()
  let added = 0
  for (const row of wanted) {
    if (performance.now() - started > WORK_MS) break
    await addMember(kit, organization, row, params.invite)
    added += 1
  }
  kit.outbox.wake()
  kit.log.info({ organization: organization.id, added, known, by: context.caller.kind }, 'members were imported')
  return { ...report, done: added === wanted.length, added }
}

/** The rows that can be read, and what is wrong with the others: by their form alone, and where two of them are one. */
function parse(kit: Kit, organization: OrganizationDoc, csv: string): { rows: Row[]; faults: RowFault[]; count: number } {
  const read = readCsv(csv, {
    required: ['number', 'name', 'phone'],
    optional: ['language'],
    names: { number: ['número', 'numero', 'no'], name: ['nombre'], phone: ['teléfono', 'telefono', 'celular'], language: ['idioma'] },
  })
  const faults: RowFault[] = [...read.faults]
  const rows: Row[] = []
  const numbers = new Set<string>()
  const phones = new Set<string>()
  for (const { line, cells } of read.rows) {
    const fault = (column: string, reason: string): void => void faults.push({ line, column, reason })
    const phone = e164(kit, cells.phone)
    const language = cells.language === '' ? organization.language : cells.language.toLowerCase()
    if (!/^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,39}$/u.test(cells.number)) fault('number', 'NUMBER')
    else if (cells.name.length === 0 || cells.name.length > 120) fault('name', 'NAME')
    else if (phone === undefined) fault('phone', 'PHONE')
    else if (language !== 'en' && language !== 'es') fault('language', 'LANGUAGE')
    else if (numbers.has(cells.number)) fault('number', 'NUMBER_TWICE')
    else if (phones.has(phone)) fault('phone', 'PHONE_TWICE')
    else {
      numbers.add(cells.number)
      phones.add(phone)
      rows.push({ line, number: cells.number, name: cells.name, phone, language })
    }
  }
  return { rows, faults, count: read.rows.length + read.faults.length }
}

function e164(kit: Kit, text: string): string | undefined {
  try {
    return normalizePhone(text, kit.config.country)
  } catch {
    return undefined
  }
}

/** Whether a row is a member already, by number and phone, or neither; where the two are two people's, that is its fault. */
async function verdictOn(kit: Kit, organization: string, { number, phone }: Row): Promise<Verdict> {
  const [byNumber, byPhone] = await Promise.all([kit.users.findOne('numbers', numberOf(organization, number)), personAt(kit, { phone })])
  if (byNumber !== null) return byNumber.doc.phone === phone ? 'known' : { column: 'number', reason: 'NUMBER_OF_ANOTHER' }
  if (byPhone === undefined) return 'new'
  if (byPhone.numbers?.some((held) => held.startsWith(`${organization}/`))) return { column: 'phone', reason: 'PHONE_OF_ANOTHER' }
  return byPhone.suspended ? { column: 'phone', reason: 'BLOCKED' } : 'new'
}

/** One record for each: whoever is a borrower there already only gets the number, and is sent nothing. */
async function addMember(kit: Kit, organization: OrganizationDoc, { number, name, phone, language }: Row, invited: boolean): Promise<void> {
  const invitation = { membership: kit.newId(), type: 'BORROWER' as const, organization: organization.id, name }
  const event: PendingEvent = { type: 'user.invitation', data: { contact: { phone }, type: 'BORROWER', organizationName: organization.name, language } }
  await inTurn(kit, { phone }, async () => {
    const known = await personAt(kit, { phone })
    const isMember = known?.memberships.some((held) => held.organization === organization.id && held.type === 'BORROWER') ?? false
    const pending = invited && !isMember ? [event] : []
    const add = (user: UserDoc): UserDoc => withNumber(isMember ? user : invite(user, invitation), organization.id, number)
    if (known === undefined) await kit.users.insert(withNumber(newUser(kit.newId(), { phone }, language, kit.clock.now().toISOString(), invitation), organization.id, number), { pending })
    else await kit.users.update(known.id, add, { pending })
  })
}
