import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { accessConfig } from '@growr/access'
import { ussdConfig } from '@growr/identity'
import { logLevels, secret } from '@growr/runtime'
import { z } from 'zod'

const smtp = z.strictObject({
  host: z.string().min(1).describe('The mail server.'),
  port: z.number().int().min(1).max(65_535).default(587),
  user: z.string().optional(),
  password: secret().optional(),
  from: z.email().describe('The sender of every e-mail.'),
  fromName: z.string().max(80).optional(),
  secure: z.boolean().optional().describe('TLS from the first byte (port 465) instead of STARTTLS.'),
})

const sms = z.strictObject({
  provider: z.enum(['africastalking', 'twilio']),
  username: z.string().optional().describe("Africa's Talking: the application's name."),
  apiKey: secret().optional().describe("Africa's Talking."),
  accountSid: z.string().optional().describe('Twilio.'),
  authToken: secret().optional().describe('Twilio.'),
  from: z.string().max(20).optional().describe('The sender: a number or an alphanumeric name.'),
})

const bus = z.strictObject({
  requestTimeoutMs: z.number().int().min(0).max(600_000).optional().describe('How long a call of an action may take until it is TIMED_OUT; 0 switches it off.'),
  retry: z.strictObject({ retries: z.number().int().min(0).max(20), delayMs: z.number().int().min(1).max(60_000).optional(), maxDelayMs: z.number().int().min(1).max(600_000).optional() }).optional().describe('Tries again what did not arrive: queries, and mutations with a request id.'),
  breaker: z.strictObject({ threshold: z.number().min(0.01).max(1), minRequests: z.number().int().min(1), windowSeconds: z.number().int().min(1), halfOpenMs: z.number().int().min(1) }).optional().describe('Stops calling an action that keeps failing from inside.'),
  bulkhead: z.strictObject({ concurrency: z.number().int().min(1), maxQueue: z.number().int().min(0) }).optional().describe('How many calls of one action run at once, and how many may wait.'),
})

const mobileMoney = z.strictObject({
  prefix: z.string().regex(/^[A-Z0-9]{1,6}$/).default('GRW').describe('With which the node\'s payment codes begin (1 to 6 capital letters and digits): one that no other node has whose payments come over the same account.'),
  darajaUrl: z.url({ protocol: /^https?$/ }).optional().describe('Where M-PESA\'s Daraja is; Safaricom\'s own address if not given. Over https, except on this machine.'),
})

const bitcoin = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('The RPC of a bitcoind, such as http://127.0.0.1:8332. Switches Bitcoin on.'),
  cookieFile: z.string().optional().describe('The cookie file of that bitcoind; or user and password.'),
  user: z.string().max(200).optional(),
  password: secret().optional(),
  chain: z.enum(['main', 'test', 'testnet4', 'signet', 'regtest']).default('main').describe('The chain that it must be on.'),
  zmq: z.string().max(200).optional().describe('Where bitcoind publishes `sequence` (zmqpubsequence), such as tcp://127.0.0.1:28332: a hint to look at once.'),
  kind: z.enum(['p2wpkh', 'p2tr']).default('p2wpkh').describe('Of which kind new addresses are.'),
})

const rootstock = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('The JSON-RPC of a Rootstock node. Switches Rootstock on.'),
  chain: z.union([z.literal(30), z.literal(31), z.literal(33)]).default(30).describe('30 main, 31 test, 33 development.'),
  tokens: z.array(z.string().regex(/^[A-Z][A-Za-z0-9]{1,9}=0x[0-9a-fA-F]{40}:\d{1,2}$/)).max(20).default([]).describe('Tokens that it carries besides RBTC, each as CODE=address:decimals.'),
  startHeight: z.number().int().min(0).optional().describe('The height from which to look when there is no record yet.'),
})

const lightning = z.strictObject({
  node: z.enum(['ldk']).describe('The embedded node (LDK), for small sums, over the bitcoind above. Switches Lightning on.'),
  listen: z.string().regex(/^[^\s:]+:\d{1,5}$/).optional().describe('Where the embedded node listens for peers, host:port.'),
})

const rates = z.strictObject({
  file: z.string().optional().describe('A JSON table such as {"BTC/HNL": "2500000.00"}, read anew each time.'),
  url: z.url({ protocol: /^https?$/ }).optional().describe('Asked as <url>?from=BTC&to=HNL; answers {"rate": "2500000.00", "at": "2026-03-02T15:00:00Z"}.'),
})

/** Everything that an operator can set: in a JSON file, by GROWR_* variables or on the command line. Unknown keys are refused. */
export const nodeConfig = z.strictObject({
  data: z.string().min(1).default('.data').describe('The data directory.'),
  passphraseFile: z.string().optional().describe('The file with the pass phrase of the keys; outside the data directory. GROWR_PASSPHRASE is looked at first.'),
  production: z.boolean().default(false).describe('Nothing is made up at the first start: a missing pass phrase is an error.'),
  publicUrl: z.url({ protocol: /^https?$/ }).optional().describe('Where the outside reaches the node, such as https://growr.example; with it, issuer, verifier and organizations have did:web.'),
  country: z.string().length(2).optional().describe('The country (ISO 3166) of phone numbers that are given without their code.'),
  operatorEmail: z.string().max(254).default('operator@localhost').describe('Who signs in first.'),
  allowInsecureConnectors: z.boolean().default(false).describe('Lets connectors be called over plain http: for closed networks only.'),
  webhookTargets: z.enum(['public', 'loopback', 'private']).optional().describe('Where webhooks may go, and questions to connectors: to the public internet, to this machine as well, or to any address (a closed network). If not given: public in production, else loopback.'),
  demo: z.boolean().default(false).describe('Plays the cooperative\'s journey into a data directory of its own and shows it.'),
  temporary: z.boolean().default(false).describe('A node that holds nobody\'s money, such as a journey\'s: its clock may be set.'),
  clock: z.iso.datetime().optional().describe('Where the clock of a temporary node stands.'),
  log: z.strictObject({ level: z.enum(logLevels).default('info'), file: z.string().optional().describe('node.log in the data directory if not given; /dev/stdout for containers.') }).prefault({}),
  api: accessConfig.prefault({}),
  bus: bus.prefault({}),
  smtp: smtp.optional(),
  sms: sms.optional(),
  ussd: ussdConfig.prefault({}),
  mobileMoney: mobileMoney.prefault({}),
  bitcoin: bitcoin.optional(),
  rootstock: rootstock.optional(),
  lightning: lightning.optional(),
  rates: rates.prefault({}),
  networkSeconds: z.number().int().min(1).max(3_600).default(10).describe('How often payment networks are looked at without a hint.'),
})
export type NodeConfig = z.output<typeof nodeConfig>

/** Variables that other parts read. */
export const otherVariables = ['GROWR_CONFIG', 'GROWR_PASSPHRASE', 'GROWR_IDENTITY_PASSPHRASE', 'GROWR_FINANCING_PASSPHRASE', 'GROWR_PAYMENT_PASSPHRASE', 'GROWR_ACCESS_PASSPHRASE', 'GROWR_BACKUP_PASSPHRASE', 'GROWR_NEW_PASSPHRASE'] as const

/** Where a pass phrase is kept that nobody named a place for: beside no data, one for each data directory. */
export function passphraseFile(config: Pick<NodeConfig, 'data' | 'passphraseFile'>): string {
  if (config.passphraseFile !== undefined) return resolve(config.passphraseFile)
  const name = createHash('sha256').update(resolve(config.data)).digest('hex').slice(0, 16)
  return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'growr', `${name}.passphrase`)
}
