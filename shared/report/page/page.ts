import { createHash } from 'node:crypto';
import { escapedJson } from '../../escaped-json.ts';
import type { Report } from '../report.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded, sent or framed, and no other script or style runs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src ${hash(pageScript)}`,
  `style-src ${hash(pageStyle)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A report as one page that needs nothing else. */
export function reportPage(report: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Private ingress: report</title>
<style>${pageStyle}</style>
</head>
<body>
<div class="wrap" id="page"><noscript>This page shows its data by a script of its own. Without one, read report.csv or report.json.</noscript></div>
<script type="application/json" id="report">${embedded(report)}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

/** JSON inside of an element: no value can end it, or begin a comment. */
function embedded(value: unknown): string {
  return escapedJson(value).replaceAll('<', '\\u003c');
}
