// The order matters: the fake host defines acquireVsCodeApi before the timeline calls it.
import './fake-host';
import '../timeline/main';
