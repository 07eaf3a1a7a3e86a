/// How the pages look: system fonts, two colour schemes, tables that become cards on a telephone.
enum StyleSheet {
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f5c8c"/>\
        <path d="M6 10l4 13 6-11 6 11 4-13" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>

        """

    static let text = """
        :root {
          color-scheme: light dark;
          --paper: #f6f7f9; --card: #ffffff; --ink: #1b2430; --quiet: #56616f; --line: #d9dfe6; --accent: #0b5a8a;
          --good: #0a6b3d; --good-wash: #dff5e8; --bad: #a3161c; --bad-wash: #fde4e4;
          --wait: #7a4d00; --wait-wash: #fdf0cf; --off: #4d5763; --off-wash: #e8ecf0;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #11161c; --card: #1a212a; --ink: #e6ebf1; --quiet: #a3afbd; --line: #303a46; --accent: #7cc4f5;
            --good: #7fe0a9; --good-wash: #123524; --bad: #ffa3a3; --bad-wash: #471a1d;
            --wait: #f5cf7a; --wait-wash: #3d2f0d; --off: #b7c1cc; --off-wash: #2a333d;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main, .inner, footer { max-width: 80rem; margin: 0 auto; padding: 0 1.25rem; }
        main { padding-top: 1.5rem; padding-bottom: 2rem; }
        main:focus { outline: none; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; overflow-wrap: anywhere; }
        h3 { font-size: 1rem; margin: 1rem 0 .4rem; overflow-wrap: anywhere; }
        p { margin: .3rem 0; overflow-wrap: anywhere; }
        a { color: var(--accent); text-underline-offset: .15em; }
        a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        :target { scroll-margin-top: 1rem; }
        code, pre { font: .9em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        .wrap, bdi { overflow-wrap: anywhere; }
        .quiet { color: var(--quiet); font-weight: 400; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -100vw; background: var(--card); padding: .5rem 1rem; }
        .skip:focus { left: 0; top: 0; z-index: 1; }

        .top { background: var(--card); border-bottom: 1px solid var(--line); }
        .inner { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding-top: .6rem; padding-bottom: .6rem; }
        .brand { font-weight: 700; font-size: 1.1rem; color: var(--ink); text-decoration: none; letter-spacing: -.01em; }
        nav ul { display: flex; gap: .25rem; list-style: none; margin: 0; padding: 0; }
        nav li a { display: block; padding: .35rem .7rem; border-radius: .4rem; color: var(--ink); text-decoration: none; }
        nav li a:hover { background: var(--off-wash); }
        nav li a[aria-current] { background: var(--off-wash); font-weight: 600; }
        .reader { margin: 0 0 0 auto; font-size: .9rem; }
        footer { border-top: 1px solid var(--line); padding-top: 1rem; padding-bottom: 2rem; color: var(--quiet); font-size: .9rem; }

        .badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; line-height: 1.5rem; vertical-align: middle; white-space: nowrap; }
        .badge.good { color: var(--good); background: var(--good-wash); }
        .badge.bad { color: var(--bad); background: var(--bad-wash); }
        .badge.wait { color: var(--wait); background: var(--wait-wash); }
        .badge.off { color: var(--off); background: var(--off-wash); }

        table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
        th, td { padding: .5rem .75rem; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
        thead th { font-size: .85rem; color: var(--quiet); font-weight: 600; background: var(--paper); white-space: nowrap; }
        tbody th { font-weight: 600; }
        tbody tr:last-child > * { border-bottom: 0; }
        tbody th bdi, tbody td bdi { unicode-bidi: isolate; }
        time, td code { white-space: nowrap; }
        td code.wrap, th code.wrap { white-space: normal; }
        .words { min-width: 14rem; }
        .number { text-align: end; font-variant-numeric: tabular-nums; }
        .stages { width: auto; min-width: min(100%, 26rem); }
        meter { width: 12rem; max-width: 100%; }
        .board td { min-width: 13rem; }
        .entry + .entry { margin-top: .6rem; padding-top: .6rem; border-top: 1px dashed var(--line); }
        .entry p { margin: 0; }

        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .75rem; list-style: none; margin: 0; padding: 0; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
        .card h3 { margin: 0 0 .3rem; }
        .alarm { color: var(--bad); background: var(--bad-wash); border-inline-start: 4px solid var(--bad); padding: .4rem .75rem; }
        .empty { color: var(--quiet); background: var(--card); border: 1px dashed var(--line); border-radius: .5rem; padding: .75rem 1rem; }
        .facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 0; }
        .facts dt { color: var(--quiet); }
        .facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
        .crumbs { margin: 0 0 .25rem; }

        .journey { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .5rem; list-style: none; counter-reset: step; margin: 0; padding: 0; }
        .journey li { counter-increment: step; background: var(--card); border: 1px solid var(--line); border-block-start: 4px solid var(--off); border-radius: .4rem; padding: .5rem .7rem; }
        .journey li.good { border-block-start-color: var(--good); }
        .journey li.bad { border-block-start-color: var(--bad); }
        .journey li.wait { border-block-start-color: var(--wait); }
        .journey a { display: block; color: inherit; font-weight: 600; }
        .journey a::before { content: counter(step) ". "; color: var(--quiet); font-weight: 400; }
        .journey small { display: block; overflow-wrap: anywhere; }

        pre { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; overflow: auto; max-height: 70vh; margin: .5rem 0; }
        .diff span { display: inline-block; min-width: 100%; }
        .diff .plus { color: var(--good); background: var(--good-wash); }
        .diff .minus { color: var(--bad); background: var(--bad-wash); }
        .diff .hunk, .diff .head { color: var(--quiet); }
        details { margin: .75rem 0; }
        summary { cursor: pointer; font-weight: 600; }
        .filter { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 0 1rem; }
        .filter input { flex: 0 1 24rem; min-width: 0; }
        input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet); border-radius: .4rem; padding: .3rem .7rem; }
        button { cursor: pointer; font-weight: 600; }
        .pager { display: flex; gap: 1rem; margin: 1rem 0; }

        @media (max-width: 46rem) {
          main, .inner, footer { padding-left: .9rem; padding-right: .9rem; }
          .reader { margin-left: 0; width: 100%; }
          .facts { grid-template-columns: 1fr; gap: 0; }
          .facts dd { margin-bottom: .5rem; }
          .stack, .stack tbody, .stack tr, .stack td, .stack tbody th { display: block; }
          .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .stack { border: 0; background: none; }
          .stack tr { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .6rem; padding: .35rem 0; }
          .stack td, .stack tbody th { position: relative; border: 0; padding: .2rem .75rem .2rem 8rem; min-width: 0; min-height: 1.9rem; }
          .stack td::before, .stack tbody th::before { content: attr(data-label); position: absolute; left: .75rem; width: 6.75rem; color: var(--quiet); font-weight: 400; font-size: .85rem; }
          .journey { grid-template-columns: repeat(2, minmax(0, 1fr)); }
        }
        @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }

        """
}
