// The order matters: the fake host defines acquireVsCodeApi before the page calls it.
import './fake-host';
import '../reference/main';
