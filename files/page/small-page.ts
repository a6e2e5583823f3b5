import { type Html, html } from './html.ts'
import type { Unit } from './unit.ts'

/**
 * Renders a page without anything that changes.
 *
 * @param root the way to the page itself, from here
 */
export function renderSmallPage(title: string, content: Html, unit: Unit | undefined, root: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Almanac</title>
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}page.css">
</head>
<body>
<header><h1>${title}</h1><p class="back"><a href="${root}${unit && `?unit=${unit}`}">Back to all months</a></p></header>
<main>${content}</main>
</body>
</html>
`.markup
}
