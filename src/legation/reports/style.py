"""The stylesheet of the page: light, dark, on paper, wide and narrow."""

from __future__ import annotations

from legation.reports.maps import stylesheet as map_stylesheet

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1a2230",
    "muted": "#586472",
    "line": "#d9dee4",
    "shade": "#f4f6f8",
    "accent": "#ad3a08",
    "bar-new": "#4d7fb3",
    "bar-once": "#b9c6d4",
}
DARK = {
    "paper": "#10161e",
    "ink": "#e3e8ee",
    "muted": "#9ba7b4",
    "line": "#2b3542",
    "shade": "#18212b",
    "accent": "#ff9d5f",
    "bar-new": "#6a9fd4",
    "bar-once": "#46576a",
}

PAGE = """\
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,'Noto Sans','DejaVu Sans',sans-serif;
-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:76rem;padding:2.2rem 2rem 3rem}
h1,h2,h3{font-family:Georgia,'Noto Serif','DejaVu Serif',serif;font-weight:600;line-height:1.2;margin:0;
text-wrap:balance}
h1{font-size:2rem;max-width:52rem}
h2{font-size:1.35rem;border-top:2px solid var(--ink);padding-top:.55rem;margin:2.8rem 0 .9rem}
h3{font-size:1.08rem;margin:1.5rem 0 .3rem}
p{margin:.5rem 0;max-width:46rem}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.2em;overflow-wrap:anywhere}
a:hover{text-decoration-color:var(--accent)}
.kicker,.foot,.note{color:var(--muted)}
.kicker{margin:.3rem 0 0}
.headline{font:600 1.22rem/1.4 Georgia,'Noto Serif','DejaVu Serif',serif;border-left:3px solid var(--accent);
padding-left:.9rem;margin:1.5rem 0 .8rem;max-width:54rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:0 1.6rem;margin:1.5rem 0 0}
.tiles div{border-top:1px solid var(--line);padding:.5rem 0 .4rem;display:flex;flex-direction:column-reverse;
justify-content:flex-end}
.tiles dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums;white-space:nowrap}
.tiles dt{color:var(--muted);font-size:.86rem}
nav{margin:1.4rem 0 0;border-block:1px solid var(--line);padding:.5rem 0;font-size:.9rem}
nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1.3rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
.year{list-style:none;margin:.3rem 0 0;padding:0}
.year li{display:grid;grid-template-columns:13rem 13rem 1fr;gap:0 1.2rem;padding:.38rem 0;
border-top:1px solid var(--line)}
.year b{font-weight:600}
.year .what::first-letter{text-transform:uppercase}
.year .why::first-letter{text-transform:uppercase}
.year small{font-size:.86rem;color:var(--muted)}
.box{overflow-x:auto;margin:1rem 0 .3rem}
.box:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.88rem;line-height:1.38;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;font-size:.95rem;padding:0 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-top:1px solid var(--line)}
th{font-weight:600}
tbody th{font-weight:400}
thead th{color:var(--muted);font-weight:500;vertical-align:bottom;border-top:0;border-bottom:1px solid var(--ink);
min-width:3.2rem}
thead+tbody tr:first-child>*{border-top:0}
.n{text-align:right;white-space:nowrap}
thead .n{white-space:normal}
.p{min-width:14rem;max-width:34rem}
tr.strong>*{border-top:1px solid var(--ink);font-weight:600}
tbody tr:hover>*{background:var(--shade)}
.note{font-size:.84rem;margin:.2rem 0 0}
details{margin:1rem 0}
summary{cursor:pointer;font-weight:600;font-size:.95rem;padding:.2rem 0}
summary span{color:var(--muted);font-weight:400}
summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details .box{margin-top:.3rem}
details caption{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
figure{margin:1rem 0}
figcaption{color:var(--muted);font-size:.84rem;margin-top:.4rem}
.chart{display:block;width:100%;max-width:44rem;height:auto}
.terms{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.4rem;margin:.8rem 0;max-width:60rem}
.terms dt{color:var(--muted)}
.terms dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
pre{background:var(--shade);padding:.7rem .9rem;overflow-x:auto;font-size:.86rem;margin:.6rem 0;max-width:46rem}
.foot{border-top:1px solid var(--line);margin-top:3rem;padding-top:.6rem;font-size:.84rem;overflow-wrap:anywhere}
.points{margin:.4rem 0;padding-left:1.1rem;max-width:46rem}
.points li{margin:.25rem 0}
.foot summary{font-weight:400;font-size:inherit}
.notice{white-space:pre-line}
@media (max-width:900px){.year li{grid-template-columns:11rem 1fr}.year .why{grid-column:1/-1}}
@media (max-width:560px){
body{padding:1.2rem 1rem 2rem}
h1{font-size:1.5rem}
.headline{font-size:1.08rem}
.tiles{grid-template-columns:1fr 1fr}
.tiles dd{font-size:1.25rem}
.year li,.terms{grid-template-columns:1fr}
.terms dd{margin-bottom:.4rem}
.p{min-width:11rem}
.chart text{font-size:15px}
.box tbody th{position:sticky;left:0;background:var(--paper)}
}
@media print{
@page{margin:16mm 14mm}
html{font-size:9.5pt}
body{padding:0;max-width:none}
nav{display:none}
h2,h3,caption,thead{break-after:avoid}
tr,.year li,figure,.tiles div{break-inside:avoid}
.box{overflow:visible}
main details::details-content{content-visibility:visible;block-size:auto}
main summary{list-style:none}
.p{min-width:0}
table{font-size:8.5pt}
.chart{max-width:120mm}
.legation-map{max-height:112mm}
thead{display:table-header-group}
a{text-decoration:none}
}
"""


def stylesheet() -> str:
    """Return the whole style of the page, maps included."""
    light, dark = ("".join(f"--{name}:{colour};" for name, colour in side.items()) for side in (LIGHT, DARK))
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{PAGE}{map_stylesheet()}"
    )
