/**
 * Which medication orders are systemic antibiotics, after mimic-code `antibiotic.sql` (MIT-LCP, MIT licence):
 * by fragments of the drug's name, since real orders often carry nothing but text; by ATC J01; by RxNorm code.
 */
import type { Coded } from './codes.ts';

const NAMES =
  'adoxa ala-tet alodox amikacin amikin amoxicill amphotericin ampicillin ancef anidulafungin augmentin avelox avidoxy axetil ' +
  'azactam azithromycin aztreonam bactocill bactrim bactroban bethkis biaxin bicillin_l-a cayston cedax cefaclor cefadroxil ' +
  'cefazolin cefdinir cefditoren cefepime cefotan cefotaxime cefotetan cefoxitin cefpirome cefpodoxime cefprozil ceftaroline ' +
  'ceftazidime ceftibuten ceftin ceftriaxone cefuroxime cephalexin cephalothin cephapririn chloramphenicol cipro claforan ' +
  'clarithromycin clavulanate cleocin clindamycin cubicin dicloxacillin dirithromycin doryx doxycy duricef dynacin ery-tab eryc ' +
  'eryped erythrocin erythromycin factive flagyl fortaz furadantin garamycin gentamicin kanamycin keflex kefzol ketek levaquin ' +
  'levofloxacin lincocin linezolid macrobid macrodantin maxipime mefoxin meropenem methicillin metronidazole minocin minocycline ' +
  'monodox monurol morgidox moxatag moxifloxacin mupirocin myrac nafcillin neomycin nicazel_doxy_30 nitrofurantoin norfloxacin ' +
  'noroxin ocudox ofloxacin omnicef oracea oraxyl oxacillin panixine pc_pen_vk pce_dispertab pediazole penicillin periostat ' +
  'pfizerpen piperacillin primsol proquin raniclor rifadin rifampin rocephin septra smz-tmp solodyn spectracef streptomycin ' +
  'sulfadiazine sulfamethoxazole sulfatrim sulfisoxazole suprax synercid tazicef tazobactam tetracycline timentin tobramycin ' +
  'trimethoprim unasyn vancocin vancomycin vantin vibativ vibra-tabs vibramycin zinacef zithromax zosyn zyvox';

const FRAGMENTS: readonly string[] = NAMES.split(' ').map((name) => name.replaceAll('_', ' '));

/** Preparations that do not reach the blood, or are no treatment. */
const NOT_SYSTEMIC = ['cream', 'desensitization', 'gel', 'ophth oint'];
/** Eye and ear (OU OS OD, AU AS AD) and topical (TP) routes. */
const LOCAL_ROUTES = new Set(['OU', 'OS', 'OD', 'AU', 'AS', 'AD', 'TP']);

/** RxNorm injections of the systemic antibiotics in MIT's input-event map. */
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const RXNORM_CODES = new Set([
  '1807507',
  '1659133',
  '1665087',
  '1664992',
  '1722933',
  '1863330',
  '1665494',
  '1665209',
  '1662277',
  '1668237',
  '1870244',
]);
const ATC = 'http://www.whocc.no/atc';

export interface Order {
  readonly codings: readonly (Coded & { readonly display: string | undefined })[];
  readonly text: string | undefined;
  readonly route: string | undefined;
  /** Drug type of the pharmacy; `BASE` is the carrier fluid. */
  readonly category: string | undefined;
}

const verdicts = new Map<string, boolean>();
const VERDICT_LIMIT = 8_192;

function namedAntibiotic(name: string): boolean {
  let verdict = verdicts.get(name);
  if (verdict === undefined) {
    const lower = name.toLowerCase();
    verdict =
      !NOT_SYSTEMIC.some((part) => lower.includes(part)) && FRAGMENTS.some((part) => lower.includes(part));
    if (verdicts.size < VERDICT_LIMIT) verdicts.set(name, verdict);
  }
  return verdict;
}

const localRoute = (route: string): boolean =>
  /ear|eye/i.test(route) || route.split(/[\s,]+/).some((token) => LOCAL_ROUTES.has(token));

/** Whether the order is for a systemic antibiotic. */
export function isSystemicAntibiotic(order: Order): boolean {
  if (order.category !== undefined && /\bBASE\b/.test(order.category)) return false;
  if (order.route !== undefined && localRoute(order.route)) return false;
  const name = order.text ?? '';
  const excluded = NOT_SYSTEMIC.some((part) => name.toLowerCase().includes(part));
  if (excluded) return false;
  if (namedAntibiotic(name)) return true;
  return order.codings.some(
    ({ system, code, display }) =>
      (system === ATC && code !== undefined && code.startsWith('J01')) ||
      (system === RXNORM && code !== undefined && RXNORM_CODES.has(code)) ||
      (display !== undefined && namedAntibiotic(display)),
  );
}
