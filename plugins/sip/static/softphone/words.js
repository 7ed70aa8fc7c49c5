/** Every visible word of the telephone in the browser, in both languages. */

const WORDS = {
  title: ["Telephone in this browser", "浏览器电话"],
  OFF: ["Off: calls do not ring here", "已关闭：来电不在此处振铃"],
  CONNECTING: ["Connecting…", "正在连接…"],
  READY: ["Ready", "就绪"],
  RINGING: ["Rings", "振铃中"],
  TALKING: ["In a call", "通话中"],
  HELD: ["On hold", "保持中"],
  LOST: ["Connection lost; trying again…", "连接已断开，正在重试…"],
  DENIED: ["The microphone is not allowed. Allow it for this page (beside the address), then press “Turn on”.", "未获得麦克风权限。请在地址栏旁允许本页面使用麦克风，然后点击“开启”。"],
  NO_MICROPHONE: ["No microphone was found. Plug in a headset, then press “Turn on”.", "未找到麦克风。请连接耳机，然后点击“开启”。"],
  INSECURE: ["A browser gives a microphone only to pages that come by https.", "浏览器仅允许通过 https 打开的页面使用麦克风。"],
  ELSEWHERE: ["The telephone is in another window of yours now.", "电话已在您的另一个窗口中使用。"],
  about: ["Calls are answered here with headset or loudspeaker. The browser asks once for the microphone; it is open while this is on and heard only in a call.", "可在此用耳机或扬声器接听来电。浏览器会请求一次麦克风权限；开启期间麦克风保持打开，仅在通话中传输声音。"],
  on: ["Turn on", "开启"],
  off: ["Turn off", "关闭"],
  here: ["Use it here", "在此窗口使用"],
  microphone: ["Microphone", "麦克风"],
  speaker: ["Loudspeaker or headset", "扬声器或耳机"],
  ring: ["Ring on", "振铃设备"],
  system: ["The system's", "系统默认"],
  nth: ["Device {number}", "设备 {number}"],
  try_ring: ["Try the ring", "试听振铃"],
  inward: ["You hear", "听到的声音"],
  outward: ["They hear", "说话的声音"],
  mute: ["Mute", "静音"],
  unmute: ["Unmute", "取消静音"],
  answer: ["Answer", "接听"],
  reject: ["Reject", "拒绝"],
  hang_up: ["Hang up", "挂断"],
  quality: ["Quality", "通话质量"],
  good: ["good", "良好"],
  fair: ["fair", "一般"],
  poor: ["poor", "较差"],
  mos: ["{mos} of 4.5 · lost {loss} % · jitter {jitter} ms · round trip {rtt} ms", "{mos}（满分 4.5）· 丢包 {loss}% · 抖动 {jitter} 毫秒 · 往返 {rtt} 毫秒"],
  rings: ["My calls ring", "我的来电振铃于"],
  all: ["Everywhere", "全部设备"],
  browser: ["In this browser", "浏览器"],
  phone: ["Desk phone", "桌面话机"],
  outside: ["Number outside", "外部号码"],
  failed: ["That did not work. Please try again.", "操作失败，请重试。"],
};

export function say(language, key, values = {}) {
  const text = WORDS[key][language === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
