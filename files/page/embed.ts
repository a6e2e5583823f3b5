import { html, trusted } from './html.ts'
import type { Unit } from './unit.ts'
import type { View } from './view.ts'

// It has no script: a small view in somebody's page renews itself whole.
const renewSeconds = 60

/** Renders the small view for other pages: the newest month, the stripes, and the proof. */
export function renderEmbed({ fragments }: View, unit: Unit): string {
  const part = (name: string) => trusted(fragments.get(name) ?? '')
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${renewSeconds}">
<title>${part('title')}</title>
<base target="_blank">
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
</head>
<body class="embed">
<main><h1><a href="./?unit=${unit}" rel="noopener">${part('heading')}</a></h1>
<div id="latest">${part('latest')}</div>
<div id="stripes">${part('stripes')}</div>${part('stripes-legend')}${part('proof')}</main>
</body>
</html>
`.markup
}
