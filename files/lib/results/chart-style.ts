/**
 * The looks of a chart, for the `<style>` inside its SVG.
 *
 * The chart brings its own background, so its text is legible on any page; where the reader prefers dark, both turn. Fonts
 * are the system's: an SVG shown as an image may load nothing.
 */
export const chartStyle = `
.chart { --card: #ffffff; --edge: #d0d7de; --ink: #1f2328; --muted: #57606a; --grid: #d8dee4; --bar: #c2410c; --pale: #f3d9ce; }
@media (prefers-color-scheme: dark) {
  .chart { --card: #161b22; --edge: #30363d; --ink: #f0f3f6; --muted: #9ea7b3; --grid: #30363d; --bar: #f0883e; --pale: #523722; }
}
.chart { color: var(--ink); font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.chart text { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
.chart .card { fill: var(--card); stroke: var(--edge); }
.chart .muted, .chart [aria-label^="y-axis tick"] { fill: var(--muted); }
.chart .command { fill: var(--ink); font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.chart .grid { stroke: var(--grid); }
.chart .bar { fill: var(--bar); }
.chart .partial { fill: var(--pale); stroke: var(--bar); stroke-dasharray: 5 4; }
`
