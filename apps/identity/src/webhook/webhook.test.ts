import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { identity, webhook as contract, type Input, type project } from '@growr/contracts'
import { aCooperative, type Cooperative } from '../testing/lending.ts'
import { isSigned, startReceiver, type Receiver } from '../testing/receiver.ts'
import { refusal, startRig, type Rig } from '../testing/rig.ts'

const MINUTE = 60_000
const DAY = 86_400_000

let rig: Rig
let coop: Cooperative
let receiver: Receiver
let sending: boolean

beforeEach(async () => {
  sending = true
  rig = await startRig({ sending: () => sending })
  coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rig.stop()
})

const hnl = (amount: string) => ({ amount, currency: 'HNL' })

/** Entries as the financing group hands them on: with what leads to the borrower, which must go nowhere. */
function happen(count: number, book: 'loan' | 'project' = 'loan', generation = 0): project.FeedEntry[] {
  const begun = rig.books.entries.filter((entry) => entry.book === book).length
  const made = Array.from({ length: count }, (_, n): project.FeedEntry => ({
    seq: begun + n + 1, generation, key: `${book}-${begun + n + 1}`, type: book === 'loan' ? 'loan.instalment-paid' : 'project.updated', at: '2026-05-01T12:00:00.000Z', businessDate: '2026-05-01',
    organization: coop.org, book,
    event: {
      type: 'loan.instalment-paid', subject: { payoutReference: 'PERSONAL' },
      data: { paymentKey: 'pay-1', amount: hnl('363333'), valueDate: '2026-05-01', allocation: { interest: hnl('30000'), principal: hnl('333333') } },
    },
    state: {
      key: `${book}-${begun + n + 1}`, projectKey: 'coffee', status: 'DISBURSED', currency: { code: 'HNL', exponent: 2 }, contractAmount: hnl('2000000'), repaidAmount: hnl('363333'),
      schedule: [{ principal: hnl('1') }], subject: { userDid: 'did:jwk:PERSONAL', userId: 'PERSONAL', amount: hnl('7') },
    },
    postings: [{ account: 'clearing/coffee', currency: 'HNL', amount: '363333' }, { account: 'receivable/principal/coffee', currency: 'HNL', amount: '-363333' }],
  }))
  rig.books.entries.push(...made)
  return made
}

const add = (more: Partial<Input<typeof contract.addWebhook>> = {}, requestId?: string) =>
  rig.as(coop.admin).call(contract.addWebhook, { organization: coop.org, url: receiver.url, books: ['loan'], ...more }, requestId === undefined ? {} : { requestId })
const only = async () => (await rig.as(coop.admin).call(contract.findWebhooks, { organization: coop.org }))[0] as contract.Webhook
const seqs = () => receiver.received.map(({ item }) => item.seq)
/** Time passes, and what is due then happens. */
const after = async (milliseconds: number): Promise<void> => {
  await rig.real.advance(milliseconds)
  await rig.group.idle()
}

describe('a webhook', () => {
  it('is sent what happens from then on, in order, signed, and nothing that leads to a person', async () => {
    happen(3)
    const { secret, webhook } = await add()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(webhook).toMatchObject({ status: 'ACTIVE', progress: [{ book: 'loan', delivered: 3, failures: 0 }] })
    happen(2)
    rig.buses.financing.emit('financing.appended', { book: 'loan', organization: coop.org })
    await rig.group.idle()
    expect(seqs()).toEqual([4, 5])
    const [first] = receiver.received
    expect(receiver.received.every((each) => isSigned(each, secret))).toBe(true)
    expect(Math.abs(Number(first!.headers['webhook-timestamp']) * 1000 - rig.real.now().getTime())).toBeLessThan(1000)
    expect(first!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': first!.item.id })
    expect(first!.item).toEqual({
      id: `${coop.org}_loan_4_${Date.parse('2026-05-01T12:00:00.000Z').toString(36)}`, book: 'loan', seq: 4, generation: 0, type: 'loan.instalment-paid', at: '2026-05-01T12:00:00.000Z',
      businessDate: '2026-05-01', organization: coop.org, key: 'loan-4', project: 'coffee', loan: 'loan-4', payment: 'pay-1', status: 'DISBURSED', currency: 'HNL',
      amounts: { amount: '3633.33', 'allocation.interest': '300.00', 'allocation.principal': '3333.33' }, totals: { contractAmount: '20000.00', repaidAmount: '3633.33' },
      postings: [{ account: 'clearing/coffee', currency: 'HNL', amount: '3633.33' }, { account: 'receivable/principal/coffee', currency: 'HNL', amount: '-3633.33' }], erased: null,
    })
    expect(receiver.received.map(({ body }) => body).join()).not.toContain('PERSONAL')
    expect((await only()).progress).toEqual([expect.objectContaining({ delivered: 5 })])
  })

  it('is sent everything where it asks for the start, and goes on where it was after a restart', async () => {
    happen(250)
    await add({ from: 'START' })
    await rig.group.idle()
    expect(seqs()).toEqual(Array.from({ length: 250 }, (_, n) => n + 1))
    const { entries } = rig.books
    rig = await rig.restart()
    rig.books.entries.push(...entries)
    happen(1)
    await rig.group.idle()
    expect(seqs().slice(250)).toEqual([251])
  })

  it('is tried again under the same id, and what comes after waits; another book does not', async () => {
    await add({ books: ['loan', 'project'] })
    receiver.replies.push({ status: 500 })
    happen(2)
    await rig.group.idle()
    expect(seqs()).toEqual([1])
    happen(1, 'project')
    await rig.group.idle()
    expect(receiver.received.map(({ item }) => item.key)).toEqual(['loan-1', 'project-1'])
    expect((await only()).progress).toContainEqual(expect.objectContaining({ book: 'loan', delivered: 0, failures: 1, lastFailure: 'HTTP_500' }))
    await after(4_000)
    expect(receiver.received).toHaveLength(2)
    await after(1_000)
    expect(receiver.received.slice(2).map(({ item }) => item.key)).toEqual(['loan-1', 'loan-2'])
    expect(receiver.received[2]!.headers['webhook-id']).toBe(receiver.received[0]!.headers['webhook-id'])
    expect((await only()).progress).toContainEqual(expect.objectContaining({ book: 'loan', delivered: 2, failures: 0, failingSince: null, lastFailure: null }))
  })

  it('waits as long as the receiver asks, and does not follow it elsewhere', async () => {
    await add()
    receiver.replies.push({ status: 503, headers: { 'retry-after': '600' } }, { status: 302, headers: { location: `${receiver.url}/elsewhere` } })
    happen(1)
    await rig.group.idle()
    await after(9 * MINUTE)
    expect(receiver.received).toHaveLength(1)
    await after(MINUTE)
    expect((await only()).progress).toEqual([expect.objectContaining({ failures: 2, lastFailure: 'HTTP_302' })])
    await after(30_000)
    expect(receiver.received.map(({ path }) => path)).toEqual(['/growr', '/growr', '/growr'])
  })

  it('is switched off after days of failures, its admins are told, and it goes on where it stopped', async () => {
    const { webhook } = await add()
    await receiver.close()
    happen(2)
    await rig.group.idle()
    for (let hours = 0; hours < 5 * 24; hours += 6) await after(DAY / 4)
    expect(await only()).toMatchObject({ status: 'OFF', progress: [{ delivered: 0, lastFailure: 'ECONNREFUSED' }] })
    await rig.group.idle()
    const told = (await rig.mail('ana@comsa.example')).filter(({ template }) => template === 'webhookOff')
    expect(told).toHaveLength(1)
    expect(told[0]!.text).toContain(new URL(receiver.url).host)
    expect((await rig.mail('gus@guild.example')).filter(({ template }) => template === 'webhookOff')).toEqual([])
    // Not tried any more, whatever happens.
    const failures = (await only()).progress[0]!.failures
    await after(DAY)
    expect((await only()).progress[0]!.failures).toBe(failures)
    await rig.as(coop.admin).call(contract.resumeWebhook, { webhook: webhook.id })
    await rig.group.idle()
    expect(await only()).toMatchObject({ status: 'ACTIVE', progress: [{ failures: 1 }] })
  })

  it('is over at once where the receiver says that it is gone, and can be resumed', async () => {
    const { webhook } = await add()
    receiver.replies.push({ status: 410 })
    happen(2)
    await rig.group.idle()
    expect(await only()).toMatchObject({ status: 'OFF', progress: [{ failures: 1, lastFailure: 'HTTP_410' }] })
    await rig.as(coop.admin).call(contract.resumeWebhook, { webhook: webhook.id })
    await rig.group.idle()
    expect(seqs()).toEqual([1, 1, 2])
  })

  it('is sent nothing while sending is off, and everything afterwards', async () => {
    await add()
    sending = false
    happen(2)
    await rig.group.idle()
    expect(receiver.received).toEqual([])
    sending = true
    await rig.group.idle()
    expect(seqs()).toEqual([1, 2])
  })

  it('goes back to the end of a book that a restored node has lost some of', async () => {
    await add()
    happen(5)
    await rig.group.idle()
    rig.books.entries.splice(3)
    await rig.group.idle()
    expect((await only()).progress).toEqual([expect.objectContaining({ delivered: 3 })])
    happen(1)
    await rig.group.idle()
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 4])
  })

  it('does not keep the node from stopping where a receiver never answers, and is no failure then', async () => {
    await add()
    receiver.replies.push({ status: 0 })
    happen(1)
    rig.buses.financing.emit('financing.appended', { book: 'loan', organization: coop.org })
    while (receiver.received.length === 0) await new Promise((next) => setImmediate(next))
    const { entries } = rig.books
    const began = performance.now()
    rig = await rig.restart()
    expect(performance.now() - began).toBeLessThan(10_000)
    rig.books.entries.push(...entries)
    expect((await only()).progress).toEqual([expect.objectContaining({ failures: 0 })])
    await rig.group.idle()
    expect(seqs()).toEqual([1, 1])
  })

  it('times out where a receiver never answers, and tries again', async () => {
    await rig.stop()
    rig = await startRig({ config: { webhookTimeoutMs: 50 } })
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
    await add()
    receiver.replies.push({ status: 0 })
    happen(1)
    await rig.group.idle()
    expect((await only()).progress).toEqual([expect.objectContaining({ failures: 1, lastFailure: 'TIMED_OUT' })])
    await after(5_000)
    expect(seqs()).toEqual([1, 1])
  })

  it('ends where it is removed, also when the removal is repeated', async () => {
    const { webhook } = await add()
    for (let times = 0; times < 2; times++) expect(await rig.as(coop.admin).call(contract.removeWebhook, { webhook: webhook.id }, { requestId: 'remove-1' })).toEqual({ ok: true })
    happen(1)
    await rig.group.idle()
    expect(receiver.received).toEqual([])
    expect(await rig.as(coop.admin).call(contract.findWebhooks, { organization: coop.org })).toEqual([])
    expect((await refusal(rig.as(coop.admin).call(contract.resumeWebhook, { webhook: webhook.id }))).code).toBe('NOT_FOUND')
  })
})

describe('a webhook\'s secret', () => {
  it('is shown to who asked for it, by the same request again, and to nobody else', async () => {
    const made = await add({}, 'add-1')
    expect(await add({}, 'add-1')).toEqual(made)
    expect((await refusal(add({ books: ['project'] }, 'add-1'))).code).toBe('REQUEST_ID_REUSED')
    expect(JSON.stringify(await rig.as(coop.admin).call(contract.findWebhooks, { organization: coop.org }))).not.toContain('whsec_')
    await rig.group.idle()
    expect(rig.log.join('\n')).not.toContain(made.secret)
    for (const file of ['collections.db', 'collections.db-wal']) expect(readFileSync(join(rig.dir, 'identity', file), 'latin1')).not.toContain(made.secret)
  })
})

describe('the address of a webhook', () => {
  it('is https, or http of this machine', async () => {
    for (const url of ['http://example.com/hook', 'http://10.0.0.1/hook', 'https://user:secret@example.com/', 'http://localhost.example/']) {
      expect(await refusal(add({ url })), url).toMatchObject({ code: 'WEBHOOK_URL', path: 'url' })
    }
    expect((await refusal(add({ url: 'ftp://example.com/' }))).code).toBe('BAD_INPUT')
    expect((await refusal(add({ books: ['loan', 'loan'] }))).code).toBe('BAD_INPUT')
  })

  it.each(['https://10.0.0.1/hook', 'https://169.254.169.254/latest/meta-data', 'https://[fd00::1]/hook', 'https://[::ffff:192.168.0.1]/hook'])('%s leads inside, so nothing is sent there', async (url) => {
    await add({ url })
    happen(1)
    await rig.group.idle()
    expect((await only()).progress).toEqual([expect.objectContaining({ delivered: 0, failures: 1, lastFailure: 'ADDRESS_REFUSED' })])
  })

  it('is no other than the public internet\'s where the node says so', async () => {
    await rig.stop()
    rig = await startRig({ config: { webhookTargets: 'public' } })
    coop = await aCooperative(rig, () => rig.call(identity.issuer, {}))
    expect((await refusal(add())).code).toBe('WEBHOOK_URL')
    await add({ url: receiver.url.replace('http:', 'https:').replace('127.0.0.1', 'localhost') })
    happen(1)
    await rig.group.idle()
    expect((await only()).progress).toEqual([expect.objectContaining({ lastFailure: 'ADDRESS_REFUSED' })])
    expect(receiver.received).toEqual([])
  })

  it('is one of ten', async () => {
    for (let n = 0; n < 10; n++) await add({}, `add-${n}`)
    expect(await refusal(add())).toMatchObject({ code: 'WEBHOOK_LIMIT', details: { most: 10 } })
    expect((await add({}, 'add-9')).webhook.status).toBe('ACTIVE')
  })
})

describe('the feed', () => {
  const feed = (more: Partial<Input<typeof contract.feed>> = {}) => rig.as(coop.admin).call(contract.feed, { organization: coop.org, book: 'loan', ...more })

  it('gives the same as the webhooks, in pages, and says whether there is more', async () => {
    await add()
    happen(5)
    await rig.group.idle()
    const first = await feed({ limit: 2 })
    expect(first).toMatchObject({ next: 2, more: true })
    const second = await feed({ after: first.next, limit: 3 })
    expect(second).toMatchObject({ next: 5, more: false })
    expect([...first.items, ...second.items]).toEqual(receiver.received.map(({ item }) => item))
    expect(await feed({ after: 5 })).toEqual({ items: [], next: 5, more: false })
    expect(await feed({ book: 'project' })).toEqual({ items: [], next: 0, more: false })
  })

  it('says so where a cursor lies beyond the end of a restored book', async () => {
    happen(5)
    expect(await refusal(feed({ after: 9 }))).toMatchObject({ code: 'CURSOR_AHEAD', path: 'after', details: { end: 5 } })
    expect(await refusal(feed({ book: 'project', after: 1 }))).toMatchObject({ details: { end: 0 } })
  })

  it('says so, too, where a restored book has another entry at the cursor, and from where on they differ', async () => {
    happen(5)
    // The last two are lost, and their numbers are used again.
    rig.books.entries.splice(3)
    happen(4, 'loan', 1)
    expect(await refusal(feed({ after: 5, generation: 0 }))).toMatchObject({ code: 'CURSOR_AHEAD', path: 'after', details: { end: 3 } })
    expect(await refusal(feed({ after: 9, generation: 0 }))).toMatchObject({ code: 'CURSOR_AHEAD', details: { end: 3 } })
    const { items } = await feed({ after: 3, generation: 0 })
    expect(items.map(({ seq, generation }) => [seq, generation])).toEqual([[4, 1], [5, 1], [6, 1], [7, 1]])
    expect(await feed({ after: 5, generation: 1, limit: 1 })).toMatchObject({ items: [{ seq: 6 }], more: true })
  })

  it('goes on for a webhook, too, where both still agreed', async () => {
    await add()
    happen(5)
    await rig.group.idle()
    rig.books.entries.splice(3)
    happen(3, 'loan', 1)
    await after(0)
    await rig.as(coop.admin).call(contract.resumeWebhook, { webhook: (await only()).id })
    await rig.group.idle()
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 4, 5, 6])
  })

  it('is for the admins of the organization', async () => {
    expect((await refusal(rig.as(coop.other.admin).call(contract.feed, { organization: coop.org, book: 'loan' }))).code).toBe('FORBIDDEN')
    expect((await refusal(rig.as(coop.agent).call(contract.feed, { organization: coop.org, book: 'loan' }))).code).toBe('FORBIDDEN')
  })
})
