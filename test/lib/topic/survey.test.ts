import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standings, standingsIn } from '../../../files/lib/topic/survey.ts'

/** Judges brokers a, b and c by what they answered: a topic's id and the sum of its epochs; undefined for no answer. */
function judge(...answers: ([id: string, epochs: number] | undefined)[]) {
  const names = ['a', 'b', 'c']
  const broker = { host: 'any', port: 1 }
  const survey = new Map(
    answers.map((answer, i) => {
      const view = answer && { view: { topicId: answer[0], epochs: answer[1] } }
      return [names[i]!, { broker, ...view }]
    }),
  )
  return names.map(standingsIn(survey))
}

const { newest, silent, behind } = standings

test('of brokers that know the same topic, those with the highest epochs are the newest', () => {
  assert.deepEqual(judge(['A', 3], ['A', 3], ['A', 3]), [newest, newest, newest])
  assert.deepEqual(judge(['A', 3], ['A', 4], ['A', 4]), [behind, newest, newest])
  assert.deepEqual(judge(['A', 3], undefined, ['A', 4]), [behind, silent, newest])
})

test('of two topics that bore the name, the one that most brokers know is the newer, whatever its epochs', () => {
  assert.deepEqual(judge(['A', 9], ['B', 0], ['B', 0]), [behind, newest, newest])
  assert.deepEqual(judge(['A', 9], ['B', 0], ['B', 1]), [behind, behind, newest])
})

test('who has not answered comes after who knows most, and before who is behind', () => {
  assert.deepEqual(judge(undefined, undefined, undefined), [silent, silent, silent])
  assert.ok(newest < silent && silent < behind)
})
