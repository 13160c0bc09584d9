import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BitcoinNetwork } from '@growr/bitcoin'
import { currencyOf, parseAmount, token, type Currency } from '@growr/money'
import type { NetworkSetup } from '@growr/payment'
import { openRootstock } from '@growr/rootstock'
import type { Logger } from '@growr/runtime'
import type { Keep } from '@growr/service'
import type { NodeConfig } from './config.ts'
import { OperatorError } from './operator-error.ts'

/** The most that a send may cost unless who asks for it says otherwise. */
const CEILINGS = { bitcoin: '0.00050000', rootstock: '0.0005' } as const

/** Opens the payment networks that are configured, each over its own keys of this custody and a store of its own. */
export async function openNetworks(config: NodeConfig, { custody, rooms }: Keep, log: Logger): Promise<readonly NetworkSetup[]> {
  const folder = join(rooms.root, 'networks')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const everyMs = config.networkSeconds * 1_000
  const failed = (network: string) => (error: unknown): void => log.warn({ network, error }, 'a network was not looked at')
  const opened: NetworkSetup[] = []
  if (config.bitcoin) {
    const { url, cookieFile, user, password, chain, zmq, kind } = config.bitcoin
    const network = await BitcoinNetwork.open({
      rpc: { url, ...(cookieFile === undefined ? {} : { cookieFile }), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password: password.reveal() }) },
      chain: chain as 'regtest', file: join(folder, 'bitcoin.db'), signer: custody.hd('bitcoin'), kind, everyMs, failed: failed('bitcoin'), ...(zmq === undefined ? {} : { zmq }),
    })
    opened.push({ network, coins: [currencyOf('BTC')], maxFee: parseAmount(CEILINGS.bitcoin, 'BTC') })
  }
  if (config.rootstock) {
    const { url, chain, tokens, startHeight } = config.rootstock
    const known = tokens.map(tokenOf)
    const network = openRootstock({
      url, chain, file: join(folder, 'rootstock.db'), signer: custody.hd('rootstock'), tokens: known.map(({ currency, address }) => ({ code: currency.code, exponent: currency.exponent, address })),
      ...(startHeight === undefined ? {} : { startHeight }),
    })
    opened.push({ network, coins: [currencyOf('RBTC'), ...known.map(({ currency }) => currency)], maxFee: parseAmount(CEILINGS.rootstock, 'RBTC') })
  }
  if (config.lightning) throw new OperatorError('CONFIG_INVALID', 'lightning: this release has no Lightning node yet: leave GROWR_LIGHTNING_NODE out')
  return opened
}

/** CODE=address:decimals. */
function tokenOf(text: string): { readonly currency: Currency; readonly address: string } {
  const [code = '', rest = ''] = text.split('=')
  const [address = '', decimals = ''] = rest.split(':')
  return { currency: token(code, Number(decimals)), address }
}
