import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html } from '../../files/page/html.ts'

test('html escapes texts, keeps markup, and leaves nothing for undefined and false', () => {
  const inner = html`<b>${'a<b>&"\''}</b>`
  assert.equal(inner.markup, '<b>a&lt;b&gt;&amp;&quot;&#39;</b>')
  assert.equal(
    html`<p title="${'"x"'}">${[inner, inner]}${undefined}${false}${0}</p>`.markup,
    `<p title="&quot;x&quot;">${inner.markup}${inner.markup}0</p>`,
  )
})
