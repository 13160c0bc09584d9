// An integrator's program: keeps the cash book of an organization as a CSV file, one line for each amount that came in or went out.
//
//   GROWR_EMAIL=ana@comsa.example GROWR_PASSWORD='a journey of many steps' \
//     node_modules/.bin/node --conditions=@growr/source examples/cash-book.ts cash-book.csv
//
// The feed is where the entries come from: each line ends with its cursor, so the file itself says where to go on after any outage.
// A webhook only says that there is something new; it may be lost, come late or twice, and nothing goes wrong.
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GrowrClient, GrowrError, verifyWebhook, type FeedEntry } from '@growr/client'

const HEADER = 'date,account,project,loan,payment,currency,amount,generation,cursor\n'
/** More than any message has. */
const MOST_BYTES = 1_000_000

const [file = 'cash-book.csv'] = process.argv.slice(2)
const { GROWR_URL = 'http://127.0.0.1:4000', GROWR_EMAIL, GROWR_PASSWORD } = process.env
if (!GROWR_EMAIL || !GROWR_PASSWORD) throw new Error('say who you are: GROWR_EMAIL and GROWR_PASSWORD')

const growr = new GrowrClient({ url: GROWR_URL })
const session = await growr.call('loginByEmail', { email: GROWR_EMAIL, password: GROWR_PASSWORD, role: 'ORIGINATOR_ADMIN' })
const organization = session.organization
if (organization === null) throw new Error('an admin of an organization keeps a cash book')

/** The cursor of the last line that was written to its end, and its generation; what a crash cut off is taken away. */
function cursorOf(path: string): { after: number; generation: number } {
  if (!existsSync(path)) writeFileSync(path, HEADER, { mode: 0o600 })
  const whole = readFileSync(path, 'utf8')
  const complete = whole.slice(0, whole.lastIndexOf('\n') + 1)
  if (complete.length < whole.length) truncateSync(path, Buffer.byteLength(complete))
  const [generation, after] = complete.trimEnd().split('\n').at(-1)?.split(',').slice(-2) ?? []
  return { after: Number(after) || 0, generation: Number(generation) || 0 }
}

/** What an entry did to cash: one line for each account, written at once, so that an entry is there wholly or not at all. */
function linesOf({ businessDate, postings, project, loan, payment, seq, generation }: FeedEntry): string {
  const cash = postings.filter(({ account }) => account.startsWith('cash/'))
  return cash.map(({ account, currency, amount }) => `${[businessDate, account, project, loan, payment, currency, amount, generation, seq].map((cell) => cell ?? '').join(',')}\n`).join('')
}

let reading = Promise.resolve()
let cursor = cursorOf(file)

/** Reads on from the cursor to the end; one after the other, however often it is asked. */
function readOn(): Promise<void> {
  reading = reading.then(async () => {
    for await (const entry of growr.feed({ organization: organization as string, book: 'payment', ...cursor })) {
      const lines = linesOf(entry)
      appendFileSync(file, lines)
      cursor = { after: entry.seq, generation: entry.generation }
      if (lines !== '') process.stdout.write(lines)
    }
  }).catch((error: unknown) => {
    // Another time will do: the cursor has not moved. A restored node is a case for a person.
    process.stderr.write(`${error instanceof GrowrError ? `${error.code} ${JSON.stringify(error.details ?? {})}` : String(error)}\n`)
    if (error instanceof GrowrError && error.code === 'CURSOR_AHEAD') process.exitCode = 1
  })
  return reading
}

let secret = ''
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MOST_BYTES) request.destroy()
    else chunks.push(chunk)
  })
  request.on('end', () => {
    verifyWebhook(secret, request.headers, Buffer.concat(chunks)).then(
      () => {
        // Said at once: the node need not wait for the work.
        response.writeHead(204).end()
        void readOn()
      },
      () => response.writeHead(401).end(),
    )
  })
})
await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
const made = await growr.call('addWebhook', { organization, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, books: ['payment'] })
secret = made.secret
async function stop(): Promise<void> {
  await growr.call('removeWebhook', { webhook: made.webhook.id })
  server.close()
  server.closeAllConnections()
  await reading
  await growr.call('logout', {})
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

// What happened before the webhook was there.
await readOn()
process.stdout.write(`up to date at ${cursor.after}\n`)
