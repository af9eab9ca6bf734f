/** What Socketscope knows about calls: data, and small functions that put it into words. */
export { API_IDS, APIS, type ApiEntry, type ApiId, type System, systemOf } from './apis';
export { cardsOf } from './card-files';
export { searchCards } from './card-search';
export { CALL_CARDS, type Card, type CardStep, cardFooter, checkCards, parseCard } from './cards';
export { type ChainFacts, connectChain, DEFAULT_BACKLOG, datagramBindChain, listenChain, reach } from './chains';
export { ERRNO_CARDS, type ErrnoCard, errnoCard } from './errnos';
export { errorCards } from './error-cards';
export { MESSAGE_CARDS } from './error-messages';
export { man, nodeDoc, type Reference, rfc } from './references';
export { type StuckText, stuckText } from './stuck-text';
export { addressEntry, optionEntry, portEntry, type WordEntry } from './words';
