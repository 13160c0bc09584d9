import { runCommand } from '../command.ts'
import { doctor } from './command.ts'

runCommand(doctor)
