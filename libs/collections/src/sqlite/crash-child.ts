// Run by a test: writes records with events, says which were acknowledged, and dies between delivering one and settling it.
import { writeSync } from 'node:fs'
import { people, person } from '../contract/kit.ts'
import { testCipher } from '../testing-support.ts'
import { openCollections } from './open.ts'

const [file = '', key = ''] = process.argv.slice(2)
const collections = await openCollections({ file, cipher: testCipher(Buffer.from(key, 'hex')) })
const repository = await collections.repository(people)
for (let i = 0; i < 5; i++) {
  const { id } = await repository.insert(person(`c${i}`), { pending: [{ type: 'added', data: i }] })
  writeSync(1, `acknowledged ${id}\n`)
}
const [first, second] = await repository.pending()
if (first !== undefined) {
  writeSync(1, `delivered ${first.id}\n`)
  await repository.settle(first.recordId, first.id)
  writeSync(1, `settled ${first.id}\n`)
}
for (let i = 5; i < 20; i++) {
  void repository.insert(person(`c${i}`), { pending: [{ type: 'added', data: i }] }).then(({ id }) => writeSync(1, `acknowledged ${id}\n`))
}
if (second !== undefined) {
  writeSync(1, `delivered ${second.id}\n`)
  await repository.update('c0', (doc) => ({ ...doc, logins: 1 }))
  process.kill(process.pid, 'SIGKILL')
}
