import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MailboxProvider, Messenger, readMailbox } from './index.ts'
import { longValues } from './testing/values.ts'

let folder: string
let now = Date.parse('2026-04-05T15:00:00.000Z')
const clock = { now: () => new Date(now) }
const bea = { phone: '+50499000001' }

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'growr mailbox ')), 'mailbox')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

const messenger = (box = new MailboxProvider(folder)) => new Messenger({ email: box, sms: box, clock })

describe('the mail-box', () => {
  it('holds each message as a file that a person can read', async () => {
    const result = await messenger().send({
      id: 'pay.1',
      to: bea,
      template: 'paymentCode',
      language: 'es',
      values: { amount: 'HNL 3,500.00', code: '048213', minutes: '15' },
    })
    expect(result).toMatchObject({ id: 'pay.1', status: 'SENT', channel: 'sms', provider: 'mailbox', attempts: 1 })
    await messenger().send({
      id: 'inv.1',
      to: { email: 'ana@comsa.example' },
      template: 'invitation',
      language: 'en',
      values: { ...longValues.invitation, organization: 'COMSA' },
    })
    const [sms, mail] = await readMailbox(folder)
    expect(sms).toEqual({
      id: 'pay.1',
      at: '2026-04-05T15:00:00.000Z',
      channel: 'sms',
      to: '+50499000001',
      template: 'paymentCode',
      language: 'es',
      code: '048213',
      file: (await readdir(folder)).sort()[0],
      text: 'Growr: usted paga HNL 3,500.00 en efectivo. Dé al agente el codigo 048213 solo si el monto es correcto. Vale 15 minutos.',
    })
    expect(mail).toMatchObject({
      channel: 'email',
      to: 'ana@comsa.example',
      subject: 'COMSA invites you to Growr',
      code: '123456',
      link: longValues.invitation.link,
    })
    expect(mail!.text).toContain('\n\n123456\n\n')
  })

  it('lets nobody else read, and leaves nothing unfinished', async () => {
    await mkdir(folder)
    await chmod(folder, 0o755)
    await messenger().send({ id: 'a', to: bea, template: 'code', language: 'en', values: longValues.code })
    const [name] = await readdir(folder)
    expect((await stat(join(folder, name!))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await readdir(folder)).toHaveLength(1)
  })

  it('writes the same id once: at the same time, again, by another messenger, and after a restart', async () => {
    const message = { id: 'a', to: bea, template: 'code', language: 'en', values: longValues.code } as const
    const box = new MailboxProvider(folder)
    const first = await Promise.all(Array.from({ length: 20 }, () => messenger(box).send(message)))
    const again = await messenger(new MailboxProvider(folder)).send(message)
    expect(await readdir(folder)).toHaveLength(1)
    expect(new Set([...first, again].map((one) => one.status === 'SENT' && one.reference)).size).toBe(1)
  })

  it('names sort by time: within one millisecond, over a restart, and when the clock goes back', async () => {
    const ids: string[] = []
    let box = messenger()
    for (let n = 0; n < 30; n += 1) {
      if (n % 7 === 0) box = messenger()
      now += [0, 0, 1, 3_600_000, -5000][n % 5]!
      ids.push(`m.${n}`)
      await box.send({ id: `m.${n}`, to: bea, template: 'code', language: 'en', values: longValues.code })
    }
    const burst = Array.from({ length: 50 }, (_, n) => `b.${n}`)
    await Promise.all(burst.map((id) => box.send({ id, to: bea, template: 'code', language: 'en', values: longValues.code })))
    const found = await readMailbox(folder)
    expect(found.map((one) => one.id)).toEqual([...ids, ...burst])
    expect((await readMailbox(folder, { after: found[77]!.file })).map((one) => one.id)).toEqual(['b.48', 'b.49'])
    expect(await readMailbox(folder, { to: '+1' })).toEqual([])
  })

  it('passes over what is not its own, and over a half-written file of an earlier life', async () => {
    await messenger().send({ id: 'a', to: bea, template: 'code', language: 'en', values: longValues.code })
    await writeFile(join(folder, 'notes.txt'), 'x')
    await writeFile(join(folder, '.0123.unfinished'), '{"id":')
    await messenger().send({ id: 'b', to: bea, template: 'code', language: 'en', values: longValues.code })
    expect((await readMailbox(folder)).map((one) => one.id)).toEqual(['a', 'b'])
    expect(await readMailbox(join(folder, 'nowhere'))).toEqual([])
  })

  it('a folder that cannot be written fails the message for now, and works once it can', async () => {
    await writeFile(folder, 'a file stands where the folder should be')
    const one = new Messenger({ email: new MailboxProvider(folder), sms: new MailboxProvider(folder), sleep: async () => {} })
    const message = { id: 'a', to: bea, template: 'code', language: 'en', values: longValues.code } as const
    expect(await one.send(message)).toMatchObject({ status: 'FAILED', temporary: true, attempts: 4 })
    await rm(folder)
    expect(await one.send(message)).toMatchObject({ status: 'SENT', attempts: 1 })
  })
})
