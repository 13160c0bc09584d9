import { createHash } from 'node:crypto'

// A page that plays a phone against the real callback: for the operator who wants to see what a borrower sees. It holds no secret, loads
// nothing from anywhere, and gets no right that a phone does not have.

const style = `
body { font: 16px/1.4 system-ui, sans-serif; margin: 0; background: #f3f1ec; color: #222; display: flex; flex-wrap: wrap; gap: 2rem; padding: 2rem; justify-content: center }
#phone { width: 260px; background: #33373d; border-radius: 28px; padding: 22px 18px; box-shadow: 0 6px 20px #0004 }
#screen { background: #c9d8b6; color: #10210c; font: 15px/1.25 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; height: 240px; overflow: auto; padding: 10px; border-radius: 6px }
#entry { width: 100%; box-sizing: border-box; margin: 10px 0; font: 18px ui-monospace, monospace; padding: 6px; border: 0; border-radius: 6px }
.keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px }
button { font: 17px system-ui, sans-serif; padding: 9px 0; border: 0; border-radius: 8px; background: #e8e6e1; color: #222; cursor: pointer }
.call { background: #5fa463; color: #fff } .end { background: #b9534b; color: #fff }
form { width: 320px; display: grid; gap: .6rem; align-content: start } label { display: grid; gap: .2rem; font-size: .9rem }
input, select { font: inherit; padding: .35rem } #log { font: 12px/1.4 ui-monospace, monospace; white-space: pre-wrap; max-height: 320px; overflow: auto; background: #fff; padding: .6rem; border-radius: 6px }`

const script = `
const at = (id) => document.getElementById(id)
let session = '', entries = [], count = 0, open = false
const note = (line) => { at('log').textContent = line + '\\n' + at('log').textContent.slice(0, 20000) }
const newSession = () => 'page-' + Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(16).padStart(2, '0')).join('')
async function send() {
  const whole = at('kind').value === 'africastalking'
  const token = at('token').value.trim()
  const body = new URLSearchParams({ sessionId: session, serviceCode: at('code').value, phoneNumber: at('number').value, networkCode: '70801', text: whole ? entries.join('*') : (entries.at(-1) ?? '') })
  if (!whole) body.set('sequence', String(count))
  const began = performance.now()
  at('screen').textContent = '...'
  try {
    const answer = await fetch('/ussd/' + at('kind').value + (token === '' ? '' : '/' + encodeURIComponent(token)), { method: 'POST', body })
    const text = await answer.text()
    const told = /^(CON|END) /.test(text)
    open = text.startsWith('CON ')
    at('screen').textContent = told ? text.slice(4) : answer.status + ' ' + text
    note(answer.status + ' ' + text.slice(0, 3) + ' ' + (told ? text.length - 4 : 0) + ' signs, ' + Math.round(performance.now() - began) + ' ms')
  } catch (error) { open = false; at('screen').textContent = String(error) }
  at('entry').value = ''
  at('entry').focus()
}
function dial() { session = newSession(); entries = []; count = 1; send() }
function enter() { if (!open) return dial(); entries.push(at('entry').value); count++; send() }
at('dial').onclick = dial
at('send').onclick = enter
at('again').onclick = () => { if (session !== '') send() }
at('drop').onclick = () => { open = false; session = ''; at('screen').textContent = '' }
at('entry').onkeydown = (event) => { if (event.key === 'Enter') enter() }
for (const key of document.querySelectorAll('[data-key]')) key.onclick = () => { at('entry').value += key.dataset.key }
at('form').onsubmit = (event) => event.preventDefault()`

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'].map((key) => `<button type="button" data-key="${key}">${key}</button>`).join('')

const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Growr: a phone</title><style>${style}</style></head>
<body>
<div id="phone"><div id="screen"></div><input id="entry" autocomplete="off" aria-label="Entry">
<div class="keys"><button class="call" id="dial" type="button">Dial</button><button id="send" type="button">Send</button><button class="end" id="drop" type="button">Hang up</button>${keys}</div></div>
<form id="form"><h1>A phone</h1>
<label>Number<input id="number" value="+50499000001"></label>
<label>Service code<input id="code" value="{{code}}"></label>
<label>Gateway<select id="kind"><option value="africastalking">sends the whole text</option><option value="laststep">sends the last step</option></select></label>
<label>Token of the callback, where one is configured<input id="token" type="password" autocomplete="off"></label>
<button id="again" type="button">Send the last request again</button>
<p>It calls the node's own callback and may do what a phone may do: nothing without the PIN.</p><div id="log"></div></form>
<script>${script}</script></body></html>
`

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The page, and the policy under which nothing but what stands in it runs. `{{code}}` stands for the service code. */
export const phonePage = (): { readonly html: string; readonly policy: string } => ({
  html,
  policy: `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
})
