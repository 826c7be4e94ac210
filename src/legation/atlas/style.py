"""The style of an atlas: that of the reports, and what only an atlas has."""

from __future__ import annotations

from legation.reports.maps import PALETTE
from legation.reports.style import stylesheet as report_style

LIGHT = ("#e6e9ec", "#dce8f3", "#b9d2e9", "#8bb4d9", "#5590c3", "#2a6aa5", "#0f4680")
DARK = ("#232b34", "#1f3a54", "#285075", "#346a9b", "#4d88bd", "#7aacdb", "#b5d5f2")
"""Seven steps of one hue, from none to most: told apart by lightness alone, so by everybody."""

ATLAS = """\
.defs{position:absolute}
.none{fill:var(--map-none)}
.stripe{fill:var(--map-hatch)}
.resident{fill:var(--map-resident);background:var(--map-resident)}
.mission{fill:var(--map-mission);background:var(--map-mission)}
.concurrent{fill:var(--map-concurrent);background:var(--map-concurrent)}
.own{fill:var(--map-own);background:var(--map-own)}
.arcs{fill:none;stroke:var(--map-ink);stroke-width:calc(.8px*var(--k,1));stroke-opacity:.55}
.frame{fill:none;stroke:var(--map-hatch);stroke-width:.7}
#land,.shade{stroke:var(--map-border);stroke-width:calc(.5px*var(--k,1))}
.legation-map{stroke-linejoin:round}
.mark{transform:scale(calc(.82*var(--k,1)))}
.mark.full{fill:var(--map-ink);stroke:var(--map-halo);stroke-width:.9}
.mark.open{fill:var(--map-halo);stroke:var(--map-ink);stroke-width:1.3}
.near{--k:.36}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;margin:.5rem 0 0;padding:0;font-size:.84rem;
color:var(--muted)}
.legend li{display:flex;align-items:center;gap:.4rem}
.legend i{width:1.1rem;height:.7rem;border-radius:1px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.legend svg.legation-map{width:1rem;height:1rem}
.warning{border-left:3px solid var(--accent);padding:.1rem 0 .1rem .9rem;max-width:54rem}
.index{columns:5 11rem;list-style:none;margin:0;padding:0;font-size:.9rem}
.index li{break-inside:avoid;padding:.06rem 0}
.index a,td a,th a{text-decoration:none}
.index a:hover,td a:hover,th a:hover{text-decoration:underline}
.cols{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,var(--least,21rem)),1fr));
gap:0 2.4rem;align-items:start}
.cols>div{min-width:0}
.cols table{width:100%}
.cols th[scope=row]{white-space:nowrap}
.three{--least:17rem}
.dense{--least:29rem;column-gap:1.4rem}
.dense table{font-size:.84rem}
.dense td,.dense th{padding-left:.2rem;padding-right:.2rem}
.flow{display:block;columns:2 26rem;column-gap:2.4rem}
@media (min-width:641px){.flow .box{overflow:visible}}
.flow tr,.flow table:not(:has(tr:nth-child(12))){break-inside:avoid}
.flow .note{break-before:avoid}
.sheet{content-visibility:auto;contain-intrinsic-size:auto 1500px;scroll-margin-top:.5rem}
.head{display:flex;justify-content:space-between;align-items:baseline;border-top:2px solid var(--ink);
padding-top:.5rem;margin:3.2rem 0 0}
.head h2{border:0;padding:0;margin:0;font-size:1.6rem}
.head p{margin:0;color:var(--muted);font-size:.86rem;letter-spacing:.04em}
.facts{display:flex;flex-wrap:wrap;gap:.3rem 2.4rem;margin:.4rem 0 0}
.facts dt{color:var(--muted);font-size:.84rem}
.facts dd{margin:0}
small{color:var(--muted);font-size:.82em}
.sheet .tiles{margin-top:.9rem}
.sheet .tiles dd{font-size:1.3rem}
.sheet .tiles small{font-size:.72rem}
table.wide{min-width:min(100%,44rem)}
table.wide td{max-width:32rem}
table.wide th[scope=row]{white-space:nowrap}
table.sums tbody tr:last-child>*{border-top:1px solid var(--ink);font-weight:600}
.matrix{font-size:.8rem}
.matrix thead span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
.matrix thead th{min-width:0;padding:.2rem .1rem}
.matrix thead th:first-child{vertical-align:bottom}
.matrix td{text-align:right;padding:.2rem .35rem;min-width:2.1rem;border:1px solid var(--paper)}
.matrix tbody th{white-space:nowrap}
.matrix td:last-child{font-weight:600}
.matrix tbody tr:hover>td{outline:1px solid var(--ink);background:var(--f,var(--shade))}
.scatter{display:block;width:100%;max-width:46rem;height:auto}
.scatter .grid{stroke:var(--line);stroke-width:.7}
.scatter .equal{stroke:var(--muted);stroke-width:1;stroke-dasharray:4 3}
.scatter text{font-size:11.5px;fill:var(--ink)}
.scatter .tick{fill:var(--muted)}
.scatter .dots{fill:var(--bar-new);fill-opacity:.75;stroke:var(--paper);stroke-width:.7}
.evidence{font-size:.9rem}
.evidence summary{font-weight:400;color:var(--muted)}
.sheet .box{margin-top:1.1rem}
@media (max-width:640px){
.mark{transform:scale(calc(1.25*var(--k,1)))}
.arcs{stroke-width:calc(1.3px*var(--k,1))}
.head h2{font-size:1.3rem}
table th[scope=row]{white-space:normal}
.index{columns:2 8rem}
table.wide td{min-width:11rem}
.scatter text{font-size:17px}
}
@media print{
.sheet,#sources{break-before:page;content-visibility:visible}
.head{border-top:0;margin-top:0}
.head a{display:none}
.near,.frame{display:none}
.sheet figure>.legation-map{aspect-ratio:1000/440;width:84%;max-height:none;overflow:hidden}
main>.sheet{break-before:auto}
.sheet .tiles{grid-template-columns:repeat(6,1fr);gap:0 .8rem;margin:.3rem 0 0}
.sheet .tiles dd{font-size:1.05rem}
.sheet .box{margin-top:.5rem}
.sheet table{font-size:7pt;line-height:1.25}
.sheet caption{font-size:8pt;padding-bottom:.15rem}
.sheet td,.sheet th{padding-block:.12rem}
.sheet figure{margin:.4rem 0}
.flow,.sheet .cols{columns:2;display:block}
.evidence,.sheet .note{font-size:7pt}
.legation-map,.matrix td{print-color-adjust:exact;-webkit-print-color-adjust:exact}
main .evidence::details-content{content-visibility:hidden;block-size:0}
table.wide,.matrix{font-size:7.5pt}
.index{columns:5}
}
"""


def stylesheet() -> str:
    """Return the whole style of the page; the map's colours are the page's, so that legends have them too."""
    light, dark = (_colours(steps, side) for side, steps in enumerate((LIGHT, DARK)))
    steps = "".join(
        f".s{n}{{--f:var(--s{n});fill:var(--f);background:var(--f)}}td.s{n}{{color:var(--t{n})}}"
        for n in range(len(LIGHT))
    )
    return (
        f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        f"{report_style()}{ATLAS}{steps}"
    )


def _colours(steps: tuple[str, ...], side: int) -> str:
    """Return the steps, the ink on each, and the colours of maps, in light (0) or dark (1)."""
    inks, turn = ((("#14233a", "#ffffff"), 5), (("#f4f7fa", "#0d131a"), 4))[side]  # contrast of 4.5 and more
    return "".join(f"--s{n}:{colour};--t{n}:{inks[n >= turn]};" for n, colour in enumerate(steps)) + "".join(
        f"--map-{name}:{pair[side]};" for name, pair in PALETTE.items()
    )
