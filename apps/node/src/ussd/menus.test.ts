import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ussdSessions } from '@growr/identity'
import { readMailbox } from '@growr/messaging'
import { startConnector } from '../testing/connector.ts'
import { PIN } from '../testing/people.ts'
import { Phone, type Convention } from '../testing/phone.ts'
import { startWorld, type World } from '../testing/world.ts'

/** Digits that nothing else on a disk is likely to hold. */
const SECRET = '739146'

let world: World
beforeAll(async () => {
  world = await startWorld({ allowInsecureConnectors: true, ussd: { serviceCode: '*384*7#' } })
}, 60_000)
afterAll(() => world.end())

const phone = (number: string, convention: Convention = 'africastalking'): Phone => new Phone(world, number, { convention })
/** The texts of all messages to a number. */
const told = async (number: string): Promise<string[]> => {
  await world.settle()
  return (await readMailbox(join(world.data, 'mailbox'), { to: number })).map(({ text }) => text)
}
/** Signed in, at the main menu. */
async function signedIn(number: string, pin = PIN): Promise<Phone> {
  const on = phone(number)
  await on.dial()
  expect(await on.enter(pin)).toMatch(/1 What I owe/)
  return on
}

test('a grower registers by the code of her invitation, applies, signs and repays by nothing but her phone', async () => {
  const { comsa, people, lending, door } = world
  await lending.project(comsa, { loans: { coolingOffDays: 2 } })
  const number = people.phone()
  await door.do(comsa.admin, 'addMember', { organization: comsa.id, type: 'BORROWER', name: 'Dora', phone: number, language: 'es' })
  expect((await told(number)).at(-1)).toMatch(/Marque \*384\*7#\. Abra /)
  const code = await people.code(number)
  const dora = phone(number)
  expect(await dora.dial()).toBe('Growr. Enter your PIN, or choose:\n1 Register\n2 I forgot my PIN\n3 This is my new number\n4 Español\n0 Exit')
  expect(await dora.choose('Español', 'Registrarme')).toMatch(/^Ingrese el codigo/)
  expect(await dora.enter('000000')).toMatch(/^El codigo no es correcto\./)
  expect(await dora.enter(code)).toMatch(/^Elija un PIN/)
  expect(await dora.enter('1111')).toMatch(/^Ese PIN es muy facil/)
  expect(await dora.enter(SECRET, '739147')).toMatch(/^Los dos no son iguales/)
  expect(await dora.enter(SECRET, SECRET)).toMatch(/^¡Le damos la bienvenida!/)
  expect(await dora.choose('Lo que debo')).toMatch(/^Usted no debe nada\./)
  // The project asks for a credential: without it there is no way to apply.
  expect(await dora.enter('00', '3', '1')).toMatch(/Falta: Identidad/)
  expect(dora.text).not.toMatch(/Solicitar/)
  const { id } = await door.do<{ id: string }>({ session: await door.do(({}), 'loginByPhone', { phone: number, pin: SECRET }) }, 'me')
  await door.do(comsa.admin, 'issueVC', { organization: comsa.id, user: id, type: 'KYC', claims: { level: 2, country: 'HN', amlClear: true, checkedOn: '2026-02-20', fullName: 'Dora Flores' } })
  expect(await dora.enter('00', '3', '1')).toMatch(/1 Solicitar/)
  expect(await dora.choose('Solicitar')).toMatch(/5,000\.00/)
  expect(await dora.enter('20,000.00')).toMatch(/meses/)
  await dora.enter('6')
  let facts = dora.text
  while (!/^\d Solicitar/m.test(dora.text)) facts += await dora.enter('98')
  expect(facts).toMatch(/18,600\.00/)
  expect(facts).toMatch(/Identidad/)
  await dora.choose('Solicitar')
  await dora.choose('Acepto y firmo')
  expect(dora.text).toMatch(/^Usted firmo por 20,000\.00 HNL/)
  expect(await dora.enter('00', '4')).toMatch(/20,000\.00 firmado/)
  await dora.enter('1')
  expect(await dora.choose('Recibir sin esperar', 'No quiero esperar')).toMatch(/^Ya no tiene que esperar/)

  const { edges } = await door.do<{ edges: { node: { key: string } }[] }>(comsa.admin, 'loansOfUser', { user: id })
  const { key } = edges[0]!.node
  const { key: payout } = await door.do(comsa.admin, 'addDisbursement', { loan: key, rail: 'BANK' })
  await door.do(comsa.admin, 'confirmDisbursement', { payment: payout, reference: 'OUT-1' })
  await world.settle()
  expect(await dora.enter('00', '1')).toMatch(/3,633\.33 HNL hasta/)
  // Cash: the agent registers it, and she enters the code that came by SMS.
  await door.do(comsa.agent, 'addRepayment', { loan: key, rail: 'CASH', amount: '1000.00' })
  const cash = await people.code(number)
  expect(await dora.enter('00', '2')).toMatch(/^¿Como paga\?/)
  expect(await dora.choose('efectivo')).toMatch(/1 1,000\.00 HNL del/)
  expect(await dora.enter('1', '0000')).toMatch(/^El codigo no es correcto/)
  expect(await dora.enter(cash)).toMatch(/^Confirmado: 1,000\.00 HNL/)
  await world.settle()
  expect(await dora.enter('00', '1')).toMatch(/2,633\.33 HNL hasta/)
  expect(await dora.enter('00', '0')).toBe('Hasta luego.')
  expect(dora.open).toBe(false)
}, 30_000)

test('a loan is paid by mobile money, its service confirmed, a permission withdrawn, and the whole statement sent, by phone', async () => {
  const { comsa, people, lending, door } = world
  const [gil] = await people.members(comsa.admin, comsa.id, 'BORROWER', ['gil'])
  await lending.credential(comsa, gil!)
  const { key } = await lending.loan(comsa, gil!, await lending.project(comsa), 'APPROVED')
  const on = await signedIn(gil!.address)
  await on.enter('4', '1')
  await on.choose('Terms and signature')
  expect(on.text).toMatch(/^20,000\.00 HNL, 6 months\. You get 18,600\.00\. You pay 5 x 3,633\.33, 3,633\.35\. In all 21,800\.00, cost 2,200\.00, APR \d+\.\d%/)
  expect(await on.choose('All of it by SMS')).toMatch(/^It comes by SMS\./)
  expect((await told(gil!.address)).at(-1)).toMatch(/https?:/)
  expect(await on.choose('I agree and sign')).toMatch(/^You have signed for 20,000\.00 HNL/)
  const { key: payout } = await door.do(comsa.admin, 'addDisbursement', { loan: key, rail: 'BANK' })
  await door.do(comsa.admin, 'confirmDisbursement', { payment: payout, reference: 'OUT-1' })
  await world.settle()

  await door.do(comsa.agent, 'markServiceProvided', { loan: key })
  const code = await people.code(gil!.address)
  await on.enter('00', '4', '1')
  await on.choose('Confirm the service')
  expect(await on.enter('0000')).toMatch(/^The code is wrong\./)
  expect(await on.enter(code)).toMatch(/^Confirmed\. Thank you\./)

  await on.enter('00', '2', '1')
  expect(on.text).toMatch(/Due: 3,633\.33 by 2026-/)
  expect(await on.choose('What is due')).toMatch(/^Pay 3,633\.33 HNL by mobile money\?/)
  expect(await on.choose('Get the payment code')).toMatch(/^This is not offered here\./)
  await door.do(comsa.admin, 'setMobileMoney', { organization: comsa.id, provider: 'daraja', shortCode: '600984', key: 'key', secret: 'secret', currency: 'HNL' })
  expect(await on.choose('Get the payment code')).toMatch(/^Pay 3,633\.33 HNL by mobile money to 600984, account GRW\w+\./)

  await on.enter('00', '6', '1')
  expect(on.text).toMatch(/may see: Identity\./)
  expect(await on.choose('Withdraw it')).toMatch(/^The permission is withdrawn\.\nNobody may see/)
})

test('a lost PIN and a new number, by phone', async () => {
  const { comsa, people, door } = world
  const [hana] = await people.members(comsa.admin, comsa.id, 'BORROWER', ['hana'])
  const lost = phone(hana!.address)
  await lost.dial()
  await lost.choose('I forgot my PIN', 'Send the code')
  expect(await lost.enter(await people.code(hana!.address))).toMatch(/^How do you prove who you are/)
  const { code: vouched } = await door.do<{ code: string }>(comsa.agent, 'vouch', { user: hana!.session.user })
  await lost.choose('A code of my agent')
  await lost.enter(vouched, '5938')
  expect(await lost.enter('5938')).toMatch(/^Your new PIN is set\.\nGrowr/)
  expect(await lost.enter(PIN)).toMatch(/^The PIN or the number is wrong/)
  expect(await lost.enter('5938')).toMatch(/^Hello, hana/)

  const number = people.phone()
  await lost.enter('9', '3', number.slice(1))
  expect(await lost.enter('5938')).toMatch(/^The new number got a code/)
  const moved = phone(number)
  await moved.dial()
  await moved.choose('This is my new number')
  expect(await moved.enter(await people.code(number))).toMatch(/^This is your number now\./)
  expect(await moved.enter('5938')).toMatch(/1 What I owe/)
  // Whoever gets the old number sees nothing of her.
  const old = phone(hana!.address)
  await old.dial()
  expect(await old.enter('5938')).toMatch(/^The PIN or the number is wrong/)
})

test('both kinds of gateway give the same session', async () => {
  const [bea, carl] = world.comsa.borrowers
  const script = ['9999', PIN, '3', '0', '9', '2', '1', '98', '8', '1', 'The agent * did not come', '00', '77', '6', '0', '7', '4', 'Coffee * grower', '0', '0']
  const screens: string[][] = []
  for (const [convention, who] of [['africastalking', bea!], ['laststep', carl!]] as const) {
    const on = phone(who.address, convention)
    const seen = [await on.dial()]
    for (const entry of script) seen.push(await on.enter(entry))
    expect(on.open, convention).toBe(false)
    screens.push(seen.map((text) => text.replace(/\d{8}/g, '########').replace(who.name, '…')))
  }
  expect(screens[1]).toEqual(screens[0])
  expect(screens[0]!.join('\n')).toMatch(/Your complaint has the number/)
})

test('a repeated request gets the same answer, and does nothing twice', async () => {
  const [, paula] = world.otra.borrowers
  const on = await signedIn(paula!.address)
  await on.enter('8')
  await on.choose('Make a complaint')
  await on.enter('It was too dear')
  const answer = on.answer
  expect(answer).toMatch(/^CON Your complaint has the number \d{8}/)
  for (const repeated of await Promise.all([on.again(), on.again(), on.again()])) expect(`CON ${repeated}`).toBe(answer)
  await on.enter('00')
  expect((await on.choose('Complaints')).match(/received/g)).toHaveLength(1)
})

test('whoever is cut off goes on after the PIN, and only she does', async () => {
  const [bea] = world.comsa.borrowers
  const first = await signedIn(bea!.address)
  await first.enter('7', '4')
  expect(first.text).toMatch(/^What do you work as\?/)
  const second = phone(bea!.address)
  expect(await second.dial()).toMatch(/^Growr\. Enter your PIN/)
  expect(await second.enter(PIN)).toMatch(/^You were cut off at: What do you work as\?\n1 Go on\n2 Main menu/)
  expect(await second.choose('Go on')).toMatch(/^What do you work as\?/)
  expect(await second.enter('Beekeeper')).toMatch(/^Your profile is changed\.\nWork: Beekeeper/)
  await second.enter('00', '0')
  expect(await (await signedIn(bea!.address)).enter('00', '0')).toBe('Goodbye.')
})

test('a number alone shows and does nothing, whether it was somebody\'s or nobody\'s, and guesses lock both alike', async () => {
  const numbers = [world.otra.borrowers[1]!.address, world.people.phone()]
  const seen: string[][] = []
  for (const number of numbers) {
    const on = phone(number)
    const screens = [await on.dial()]
    for (const entry of ['1', '123456', '0', '2', '1', '123456', '00', '3', '123456', '0', '98', '5', '00']) screens.push(await on.enter(entry))
    for (let guess = 0; guess < 6; guess++) screens.push(await on.enter(`123${guess}`))
    seen.push(screens)
  }
  expect(seen[1]).toEqual(seen[0])
  expect(seen[0]!.at(-1)).toMatch(/^Too many wrong attempts\. Wait \d+ minutes\./)
  // The right PIN opens nothing while it is locked.
  const locked = phone(numbers[0]!)
  await locked.dial()
  expect(await locked.enter(PIN)).toMatch(/^Too many wrong attempts/)
})

test('what is slow is answered in time, goes on, and is told by SMS; whoever dials again finds its end', async () => {
  const { otra } = world
  const [oscar] = otra.borrowers
  const gate = Promise.withResolvers<void>()
  const connector = await startConnector(otra.id, gate.promise)
  try {
    await world.door.do(otra.admin, 'setConnector', { organization: otra.id, url: connector.url, publicKey: connector.publicKey })
    const on = await signedIn(oscar!.address)
    await on.enter('5')
    await on.choose('Request one')
    await on.choose('Identity')
    expect(on.answer).toBe('END We are working on it. You get the result by SMS.')
    expect(on.took).toBeLessThan(3000)
    expect(await on.again()).toBe('We are working on it. You get the result by SMS.')
    gate.resolve()
    expect(await told(oscar!.address)).toContainEqual(expect.stringMatching(/^Growr: Done: Identity is in your record, valid until \d{4}-\d\d-\d\d\.$/))
    const again = phone(oscar!.address)
    await again.dial()
    expect(await again.enter(PIN)).toMatch(/^You were cut off at: Done: Identity/)
    expect(await again.choose('Go on')).toMatch(/^Done: Identity is in your record/)
    expect((await again.enter('00', '5')).match(/Identity until/g)).toHaveLength(1)
  } finally {
    connector.close()
  }
}, 20_000)

test('no PIN and no code is in a log, in the data, or in what is kept of a session', async () => {
  const { comsa, people, door } = world
  const number = people.phone()
  await door.do(comsa.admin, 'addMember', { organization: comsa.id, type: 'BORROWER', name: 'Fina', phone: number })
  const code = await people.code(number)
  const next = '860357'
  for (const [convention, pin, change] of [['africastalking', SECRET, next], ['laststep', next, SECRET]] as const) {
    const on = phone(number, convention)
    await on.dial()
    if (convention === 'africastalking') await on.enter('1', code, pin, pin)
    else await on.enter(pin)
    await on.enter('9', '1', pin, change, change)
    expect(on.text, convention).toMatch(/^Your PIN is changed/)
    await on.enter('7', '3', '0801198000123', change)
    expect(on.text, convention).toMatch(/^Your profile is changed/)
    await on.enter('00', '0')
  }
  await world.settle()
  const secrets = [code, SECRET, next, '0801198000123']
  const files = readdirSync(world.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.parentPath.includes('mailbox'))
  expect(files.length).toBeGreaterThan(10)
  expect(files.some(({ name }) => name === 'node.log')).toBe(true)
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name))
    for (const secret of secrets) expect(bytes.includes(secret), `${name} holds ${secret}`).toBe(false)
  }
  const { collections } = world.inside.parts.groups.find((group) => group.name === 'identity')!
  const kept = await (await collections!.repository(ussdSessions)).find({ limit: 500 })
  expect(kept.length).toBeGreaterThan(5)
  const open = JSON.stringify(kept)
  expect(open).toContain('Your PIN is changed')
  for (const secret of secrets) expect(open.includes(secret), `a session holds ${secret}`).toBe(false)
})

test('whatever a gateway sends is answered', async () => {
  const url = `${world.node.url}/ussd/africastalking`
  const send = async (fields: Record<string, string>): Promise<Response> => fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 60 }), fc.array(fc.constantFrom('1', '2', '0', '00', '98', '1234', '', '**'), { maxLength: 12 }).map((parts) => parts.join('*')))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('f-1', 'f-2', 'f-3'), text, async (sessionId, entered) => {
      const response = await send({ sessionId, phoneNumber: '+50499990001', serviceCode: '*384*1#', text: entered })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(await response.text()).toMatch(/^(CON|END) /)
    }),
    { numRuns: 80 },
  )
  for (const [fields, status] of [
    [{ phoneNumber: '+50499990001' }, 400], [{ sessionId: 'x', phoneNumber: '12' }, 400], [{ sessionId: 'x', phoneNumber: '+50499990001', text: '1'.repeat(1001) }, 400], [{ sessionId: 'x'.repeat(200), phoneNumber: '+50499990001' }, 400],
  ] as const) expect((await send(fields as never)).status, JSON.stringify(fields).slice(0, 80)).toBe(status)
  expect((await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[' })).status).toBe(400)
  expect((await fetch(url)).status).toBe(404)
  expect((await fetch(`${world.node.url}/ussd/nobody`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(url, { method: 'POST', headers: { 'x-forwarded-for': '10.0.0.1' }, body: new URLSearchParams({ sessionId: 'x', phoneNumber: '+50499990001' }) })).status).toBe(403)
})

test('a page plays a phone, with nothing in it but itself', async () => {
  const page = await fetch(`${world.node.url}/ussd/phone`)
  expect(page.status).toBe(200)
  const html = await page.text()
  expect(html).toContain('*384*7#')
  expect(html).not.toMatch(/(src|href)=/)
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/)
})
