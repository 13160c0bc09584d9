import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { user as users } from '@growr/contracts'
import { readMailbox } from '@growr/messaging'
import { Refused, refusal } from '../testing/door.ts'
import { PIN, type Person } from '../testing/people.ts'
import { startWorld, type World } from '../testing/world.ts'

let world: World
let bea: Person
let carl: Person
beforeAll(async () => {
  world = await startWorld()
  ;[bea, carl] = world.comsa.borrowers as [Person, Person]
})
afterAll(() => world.end())

const mail = async (to: string) => {
  await world.settle()
  return readMailbox(join(world.data, 'mailbox'), { to })
}

interface Report {
  readonly done: boolean
  readonly digest: string
  readonly rows: number
  readonly added: number
  readonly known: number
  readonly faults: readonly { line: number; column: string | null; reason: string }[]
}

describe('members from CSV', () => {
  const run = (csv: string, more: object = {}, who = world.comsa.admin): Promise<Report> => world.door.do<Report>(who, 'importMembers', { organization: world.comsa.id, csv, ...more })
  const members = async (): Promise<number> => (await world.door.do<{ totalCount: number }>(world.comsa.admin, 'users', { organization: world.comsa.id, type: 'BORROWER' })).totalCount
  const good = 'Número;Nombre;Teléfono;Idioma\r\n101;"Díaz; Elena";+504 9911-0001;es\r\n102;Félix Gómez;+50499110002;\r\n103;Gladys Hernández;+50499110003;en\r\n'

  it('are looked at first: each bad row by its line and reason, and nothing is added', async () => {
    const before = await members()
    const csv = `number,name,phone,language\n1,Ana,12,en\n,Nobody,+50499110009,\n3,Three,+50499110010,fr\n4,Four,+50499110011,\n4,Fourth,+50499110012,\n5,Five,+50499110011,\n6,,+50499110013,\n7,Seven,+50499110014,en,too many\n8,Bea again,${bea.address},\n`
    const report = await run(csv)
    expect(report).toMatchObject({ done: false, rows: 9, added: 2, known: 0 })
    expect(report.faults).toEqual([
      { line: 2, column: 'phone', reason: 'PHONE' },
      { line: 3, column: 'number', reason: 'NUMBER' },
      { line: 4, column: 'language', reason: 'LANGUAGE' },
      { line: 6, column: 'number', reason: 'NUMBER_TWICE' },
      { line: 7, column: 'phone', reason: 'PHONE_TWICE' },
      { line: 8, column: 'name', reason: 'NAME' },
      { line: 9, column: null, reason: 'CELL_COUNT' },
    ])
    const refused = await refusal(run(csv, { dryRun: false, digest: report.digest }))
    expect(refused).toMatchObject({ code: 'ROWS_INVALID', details: { count: 7 } })
    expect(await members()).toBe(before)
  })

  it('are added by the digest of what was looked at, once, with the totals that somebody counted', async () => {
    const before = await members()
    expect((await refusal(run(good, { dryRun: false }))).code).toBe('DRY_RUN_MISSING')
    expect(await refusal(run(good, { controlTotals: { count: 4 } }))).toMatchObject({ code: 'CONTROL_TOTALS', path: 'controlTotals.count', details: { count: 3 } })
    const { digest } = await run(good, { controlTotals: { count: 3 } })
    expect((await refusal(run(`${good}104;Late;+50499110004;\r\n`, { dryRun: false, digest }))).code).toBe('DRY_RUN_MISSING')
    expect((await refusal(run('a,b\n1,2\n'))).code).toBe('CSV_INVALID')
    const first = await run(good, { dryRun: false, digest, controlTotals: { count: 3 } })
    expect(first).toMatchObject({ done: true, rows: 3, added: 3, known: 0, faults: [] })
    expect(await run(good, { dryRun: false, digest })).toMatchObject({ done: true, added: 0, known: 3 })
    expect(await members()).toBe(before + 3)
    // They register as whoever was invited by hand.
    const [invitation] = await mail('+50499110001')
    expect(invitation).toMatchObject({ template: 'invitation', language: 'es' })
    expect(await mail('+50499110001')).toHaveLength(1)
    const session = await world.door.do<{ user: string; organization: string }>({}, 'registerBorrower', { phone: '+50499110001', code: invitation?.code, pin: PIN })
    expect(session.organization).toBe(world.comsa.id)
  })

  it('are known by number: another\'s number or phone is a fault, and a member who was there gets the number', async () => {
    expect((await run('number,name,phone\n101,Other,+50499110077\n')).faults).toEqual([{ line: 2, column: 'number', reason: 'NUMBER_OF_ANOTHER' }])
    expect((await run('number,name,phone\n777,Elena,+50499110001\n')).faults).toEqual([{ line: 2, column: 'phone', reason: 'PHONE_OF_ANOTHER' }])
    const csv = `number,name,phone\n8,Bea,${bea.address}\n`
    const { digest } = await run(csv)
    const before = (await mail(bea.address)).length
    await run(csv, { dryRun: false, digest })
    expect((await mail(bea.address)).length).toBe(before)
    const { bus } = world
    const found = await bus.call(users.findMembers, { organization: world.comsa.id, numbers: ['8', '102', 'none'] }, { service: await bus.serviceToken('loan', users.findMembers) })
    expect(found).toEqual([{ number: '8', user: bea.session.user, did: bea.did, status: 'ACTIVE' }, { number: '102', user: expect.any(String), did: expect.stringMatching(/^did:jwk:/), status: 'INVITED' }])
    // Who registers later keeps the DID to which her loan was written.
    const [invitation] = await mail('+50499110002')
    const session = await world.door.do<{ user: string }>({}, 'registerBorrower', { phone: '+50499110002', code: invitation?.code, pin: PIN })
    expect((await world.door.do({ session: session as never }, 'me'))['did']).toBe(found[1]?.did)
    // Another organization's numbers are its own.
    expect(await bus.call(users.findMembers, { organization: world.otra.id, numbers: ['8', '102'] }, { service: await bus.serviceToken('loan', users.findMembers) })).toEqual([])
  })

  it('are an admin\'s to take over, for the own organization', async () => {
    for (const who of [world.comsa.agent, bea, world.otra.admin]) expect((await refusal(run(good, {}, who))).code).toBe('FORBIDDEN')
  })
})

interface Complaint {
  readonly number: string
  readonly status: string
  readonly text: string
  readonly answers: readonly { text: string }[]
}

describe('complaints', () => {
  let number: string
  const step = (who: Person, operation: string, args: object = {}): Promise<Complaint> => world.door.do<Complaint>(who, operation, { number, ...args })

  it('have a number, which comes by SMS, and the admins hear of them', async () => {
    const complaint = await world.door.do<Complaint>(bea, 'complain', { text: 'The agent took 100.00 more than is on the receipt.' }, { requestId: 'complain-1' })
    expect(await world.door.do<Complaint>(bea, 'complain', { text: 'The agent took 100.00 more than is on the receipt.' }, { requestId: 'complain-1' })).toEqual(complaint)
    number = complaint.number
    expect(complaint).toMatchObject({ number: expect.stringMatching(/^\d{8}$/), status: 'OPEN', answers: [] })
    expect((await mail(bea.address)).findLast(({ template }) => template === 'complaintReceived')?.text).toContain(number)
    expect((await mail(world.comsa.second.address)).map(({ template }) => template)).toContain('complaintOpen')
    expect((await refusal(world.door.do(bea, 'complain', { text: 'x', organization: world.otra.id }))).code).toBe('FORBIDDEN')
    expect((await refusal(world.door.do(bea, 'complain', { text: 'x', loan: 'none' }))).code).toBe('NOT_FOUND')
    expect((await refusal(world.door.do(bea, 'complain', { text: 'x'.repeat(1001) }))).code).toBe('BAD_INPUT')
  })

  it('are seen by who complained and by the admins; not by an agent, whom they may be about, nor by others', async () => {
    expect((await step(bea, 'complaint')).text).toContain('100.00')
    expect((await step(world.comsa.second, 'complaint')).text).toContain('100.00')
    for (const who of [carl, world.comsa.agent, world.otra.admin, world.operator, world.investors[0]]) expect((await refusal(step(who, 'complaint'))).code).toBe('FORBIDDEN')
    expect((await refusal(world.door.do(bea, 'complaint', { number: '00000000' }))).code).toBe('NOT_FOUND')
    const list = (who: Person, args: object = {}) => world.door.do<{ totalCount: number }>(who, 'complaints', { ...args })
    expect((await list(bea)).totalCount).toBe(1)
    expect((await list(carl)).totalCount).toBe(0)
    expect((await list(world.comsa.admin, { organization: world.comsa.id, status: 'OPEN' })).totalCount).toBe(1)
    expect((await list(world.otra.admin)).totalCount).toBe(0)
    expect((await refusal(list(world.otra.admin, { organization: world.comsa.id }))).code).toBe('FORBIDDEN')
  })

  it('are taken up, answered, opened again and closed, and she hears of each step', async () => {
    expect(await refusal(step(bea, 'closeComplaint', { settled: true }))).toMatchObject({ code: 'COMPLAINT_STATUS', details: { status: 'OPEN' } })
    expect((await step(world.comsa.admin, 'takeComplaint')).status).toBe('IN_PROGRESS')
    expect((await refusal(step(world.comsa.admin, 'takeComplaint'))).code).toBe('COMPLAINT_STATUS')
    expect((await refusal(step(world.comsa.agent, 'answerComplaint', { answer: 'It was right.' }))).code).toBe('FORBIDDEN')
    expect((await refusal(step(bea, 'answerComplaint', { answer: 'It was right.' }))).code).toBe('FORBIDDEN')
    expect((await step(world.comsa.admin, 'answerComplaint', { answer: 'It is being returned.' })).status).toBe('ANSWERED')
    expect((await refusal(step(carl, 'closeComplaint', { settled: true }))).code).toBe('FORBIDDEN')
    expect((await step(bea, 'closeComplaint', { settled: false })).status).toBe('OPEN')
    await step(world.comsa.second, 'answerComplaint', { answer: 'Returned on 5 March, receipt 77.' })
    expect(await step(bea, 'closeComplaint', { settled: true })).toMatchObject({ status: 'CLOSED', answers: [{ text: 'It is being returned.' }, { text: 'Returned on 5 March, receipt 77.' }] })
    for (const [who, operation, args] of [[world.comsa.admin, 'answerComplaint', { answer: 'Late.' }], [bea, 'closeComplaint', { settled: false }], [world.comsa.admin, 'takeComplaint', {}]] as const) {
      expect((await refusal(step(who, operation, args))).code).toBe('COMPLAINT_STATUS')
    }
    const told = (await mail(bea.address)).map(({ template }) => template).filter((template) => template.startsWith('complaint'))
    expect(told).toEqual(['complaintReceived', 'complaintTaken', 'complaintAnswered', 'complaintAnswered', 'complaintClosed'])
    expect((await mail(world.comsa.admin.address)).filter(({ template }) => template === 'complaintOpen')).toHaveLength(2)
  })
})

describe('keys', () => {
  it('of access tokens rotate by the operator alone, and nobody is signed out; a DID that is its key does not', async () => {
    const kid = (token: string): string => (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
    const before = (await world.people.signIn(carl)).accessToken
    for (const who of [world.comsa.admin, bea]) expect((await refusal(world.door.do(who, 'rotateKeys', { part: 'ACCESS_TOKENS' }))).code).toBe('FORBIDDEN')
    await world.door.do(world.operator, 'rotateKeys', { part: 'ACCESS_TOKENS' })
    expect(kid((await world.people.signIn(carl)).accessToken)).not.toBe(kid(before))
    await world.door.do(carl, 'me')
    for (const part of ['ISSUER', 'VERIFIER']) expect((await refusal(world.door.do(world.operator, 'rotateKeys', { part }))).code).toBe('NOT_OFFERED')
    expect(await refusal(world.door.do(world.operator, 'rotateKeys', { part: 'ORGANIZATION' }))).toMatchObject({ code: 'BAD_INPUT', path: 'organization' })
    expect((await world.door.do({}, 'rotateKeys', { part: 'ACCESS_TOKENS' }).catch((error: Refused) => error.code))).toBe('UNAUTHENTICATED')
  })
})
