// Electrum without a window: a daemon on regtest in a folder of its own, with a wallet, asked over a socket in that folder.
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_MS = 60_000
const AUTH = `Basic ${Buffer.from('test:test').toString('base64')}`

/** Asks the daemon; throws what it says. */
function ask(socketPath, method, params) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: '/', headers: { authorization: AUTH, 'content-type': 'application/json' } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece) => { text += piece })
      response.on('end', () => {
        try {
          const { result, error } = JSON.parse(text)
          if (error) reject(new Error(`${method}: ${error.message}`))
          else resolve(result)
        } catch {
          reject(new Error(`${method}: Electrum answered ${response.statusCode} '${text.slice(0, 100)}'`))
        }
      })
    })
    asked.on('error', reject)
    asked.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
  })
}

/** Starts one on the server of this port. `call(method, params)`: the commands of its command line, by the names of their parameters. */
export async function startElectrum(binary, serverPort) {
  const folder = mkdtempSync(join(tmpdir(), 'electrum-'))
  const data = join(folder, 'regtest')
  mkdirSync(join(data, 'wallets'), { recursive: true })
  writeFileSync(join(data, 'config'), JSON.stringify({
    config_version: 3, rpcuser: 'test', rpcpassword: 'test', server: `127.0.0.1:${serverPort}:t`, oneserver: true, auto_connect: false, check_updates: false, use_gossip: true, log_to_file: true,
  }))
  const child = spawn(binary, ['--regtest', '-D', folder, 'daemon'], { stdio: 'ignore', env: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C.UTF-8' } })
  const ended = new Promise((resolve) => { child.once('exit', resolve).once('error', resolve) })
  const socket = join(data, 'daemon_rpc_socket')
  const wallet = join(data, 'wallets', 'default_wallet')
  const call = (method, params = {}) => ask(socket, method, params)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      await call('stop').catch(() => child.kill('SIGKILL'))
      const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
      await ended
      clearTimeout(timer)
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    for (const end = Date.now() + START_MS; !existsSync(socket) || !(await call('ping').catch(() => false));) {
      if (child.exitCode !== null || child.pid === undefined || Date.now() > end) throw new Error('Electrum does not start')
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    await call('create', { wallet_path: wallet })
    await call('load_wallet', { wallet_path: wallet })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    folder, stop,
    /** A command of the wallet. */
    wallet: (method, params = {}) => call(method, { ...params, wallet }),
    call,
    /** What it has noted. */
    log: () => globSync('regtest/logs/*', { cwd: folder }).map((name) => readFileSync(join(folder, name), 'utf8')).join(''),
  }
}
