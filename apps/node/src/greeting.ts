import type { NodeConfig } from './config.ts'
import { mailboxOf } from './messages.ts'
import type { Node } from './node.ts'

/** What a person sees when the node is ready: where everything is, and how the first operator signs in. */
export async function greeting(node: Node, config: NodeConfig): Promise<string> {
  const { email, registered } = await node.firstOperator()
  const seconds = process.uptime().toFixed(1)
  const lines = [
    '',
    config.demo ? 'Growr is ready with a DEMONSTRATION: its people and its money are made up.' : `Growr is ready (${seconds} s).`,
    `  API        ${node.url}/graphql`,
    `  Explorer   ${node.url}/explorer`,
    `  Data       ${node.data}`,
  ]
  if (node.passphrase.source === 'made-up') {
    lines.push(`  Keys       are locked by a pass phrase that was just made up: ${node.passphrase.file}`)
    lines.push('             Keep a copy of it elsewhere, now: without it nobody can ever read this data or a back-up of it.')
    lines.push('             When you have one: npm run doctor -- --confirm-passphrase')
  }
  if (!node.sending()) lines.push('  Sending    is OFF: this node was restored. npm run restore -- --reconcile shows what to look at and switches it on')
  if (!config.smtp || !config.sms) {
    const what = config.smtp ? 'SMS' : config.sms ? 'E-mails' : 'E-mails and SMS'
    lines.push(`  Messages   ${what} are not sent but written into ${mailboxOf(node.data)}`)
  }
  const networks = { Bitcoin: config.bitcoin, Lightning: config.lightning, Rootstock: config.rootstock }
  const named = (on: boolean): string => Object.entries(networks).filter(([, given]) => (given !== undefined) === on).map(([name]) => name).join(', ')
  if (named(true) !== '') lines.push(`  Networks   ${named(true)} ${named(true).includes(',') ? 'are' : 'is'} on`)
  if (named(false) !== '') lines.push(`  Networks   ${named(false)} ${named(false).includes(',') ? 'are' : 'is'} off: docs/networks.md says how to switch them on; npm run networks starts some to try`)
  if (config.demo) lines.push('  Look       sign in as ana@comsa.example (loginByEmail) with the password: a journey of many steps')
  else if (!registered) {
    lines.push(`  First      the operator, ${email}, registers with the code of the e-mail that was just written:`)
    lines.push(`             mutation { registerOriginator(email: "${email}", code: "…", password: "…") { accessToken } }`)
  }
  return `${lines.join('\n')}\n\n`
}
