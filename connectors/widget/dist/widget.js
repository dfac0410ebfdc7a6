"use strict";(()=>{function o(r,e={},...t){let i=document.createElement(r);for(let[s,n]of Object.entries(e))typeof n=="function"?i.addEventListener(s.slice(2),n):n===!0?i.setAttribute(s,""):n!==void 0&&n!==!1&&i.setAttribute(s,String(n));return i.append(...t.filter(s=>!!s)),i}var U={chat:"M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.2c-.5.5-1.4.1-1.4-.6V15.6A2.5 2.5 0 0 1 4 13.5zM8 8.5h8M8 11.5h5",close:"M6 6l12 12M18 6 6 18",officer:"M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM4.5 20c.6-3.6 3.7-6 7.5-6s6.9 2.4 7.5 6",text:"M3 18 8 6l5 12M4.7 14h6.6M14.5 18l3.250-8L21 18M15.6 15.5h4.3",send:"M4.5 12 20 4.5 15.5 20l-3.4-6.3zM12.1 13.7 20 4.5",attach:"m19 11.5-7.2 7.2a4.6 4.6 0 0 1-6.5-6.5l7.7-7.7a3 3 0 0 1 4.3 4.3l-7.7 7.7a1.5 1.5 0 0 1-2.2-2.2l6.7-6.7",up:"M7 20H4.5v-9H7m0 9V11l4-7.5c1.4 0 2.3 1 2.3 2.3V9.5h4.6a2 2 0 0 1 2 2.4l-1.3 6.5a2 2 0 0 1-2 1.6z",down:"M7 4H4.5v9H7m0-9v9l4 7.5c1.4 0 2.3-1 2.3-2.3V14.5h4.6a2 2 0 0 0 2-2.4l-1.3-6.5a2 2 0 0 0-2-1.6z",print:"M7 9V4h10v5M7 17H5a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 5 9h14a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 19 17h-2M7 14h10v6H7z",link:"M13.5 5H19v5.5M19 5l-8 8M16.5 13.5V18a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V9A1.5 1.5 0 0 1 6 7.5h4.5",arrow:"M12 5v13M6.5 12.5 12 18l5.5-5.5",lotus:"M12 4.5c2.3 2.3 3.3 4.7 3.3 7.2S14.2 16.6 12 18.5c-2.2-1.9-3.3-4.3-3.3-6.8S9.7 6.8 12 4.5zM8.8 9.6C6.7 8.7 5 8.5 3.5 8.7c.2 5.2 3 8.8 8.5 9.8M15.2 9.6c2.1-.9 3.8-1.1 5.3-.9-.2 5.2-3 8.8-8.5 9.8"};function d(r){let e="http://www.w3.org/2000/svg",t=document.createElementNS(e,"svg");t.setAttribute("viewBox","0 0 24 24"),t.setAttribute("aria-hidden","true"),t.setAttribute("class",`icon icon-${r}`);let i=document.createElementNS(e,"path");return i.setAttribute("d",U[r]),t.append(i),t}var j=/https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g;function P(r){let e=[],t=0;for(let i of r.matchAll(j))e.push(r.slice(t,i.index),b(i[0],i[0])),t=i.index+i[0].length;return e.push(r.slice(t)),e}function b(r,e,t=""){return o("a",{href:r,target:"_blank",rel:"noopener noreferrer",class:t||void 0},e)}function x(r){let e=o("div",{class:"text"}),t=null;for(let i of r.split(`
`))i.startsWith("• ")?(t||e.append(t=o("ul")),t.append(o("li",{},...P(i.slice(2))))):(t=null,i.trim()&&e.append(o("p",{},...P(i))));return e}var G="body{font:14pt/1.5 'Be Vietnam Pro','Segoe UI','Noto Sans',sans-serif;margin:2cm}h1{font-size:18pt}ul{list-style:none;padding:0}li{margin:0 0 .5em;padding-left:1.8em;text-indent:-1.8em}footer{margin-top:2em;color:#555;font-size:10pt}";function N(r,e,t,i){let s=o("iframe",{class:"print","aria-hidden":"true",tabindex:-1});r.append(s);let n=s.contentWindow;if(!n)return;let a=new n.CSSStyleSheet;a.replaceSync(G),n.document.adoptedStyleSheets=[a],n.document.title=e,n.document.body.append(o("h1",{},e),o("ul",{},...t.map(l=>o("li",{},`${l.done?"☑":"☐"}  ${l.text}`))),o("footer",{},i)),n.addEventListener("afterprint",()=>s.remove()),n.print()}var O={title:"Public service assistant",launcher:"Ask us",open:"Ask us: open the chat with the public service assistant",unread:"{n} unread messages",close:"Close the chat",officer:"Talk to an officer",officerMessage:"Tôi muốn gặp cán bộ",floor:{bot:"Automatic assistant",waiting:"Waiting for an officer",officer:"An officer is answering"},settings:"Text size and display",size:"Text size",sizes:["Medium text","Large text","Very large text"],contrast:"High contrast",forget:"Delete the chat from this device",forgetSure:"Really delete? You will not see it again on this device.",log:"Conversation",who:{citizen:"You",bot:"Assistant",officer:"Officer",system:"Notice"},welcome:`Hello!
I can help you:
• Find papers, fees, time limits and where to apply
• Send feedback or a complaint
• Talk to an officer
Answers are in Vietnamese; please ask in Vietnamese if you can.`,suggestionsLabel:"You can ask",suggestions:[["Registering a birth","Làm giấy khai sinh cần giấy tờ gì?"],["Lost identity card","Làm lại căn cước bị mất thì lệ phí bao nhiêu?"],["Temporary residence for foreigners","Khai báo tạm trú cho người nước ngoài thế nào?"],["Send feedback","Tôi muốn gửi phản ánh"]],consentTitle:"Before you start",consent:"Messages are kept so that we can answer and officers can help you. Please send no identity numbers, passwords or OTP codes unless an officer asks.",consentAgree:"I agree, start",ask:"Your question",placeholder:"Type your question…",send:"Send",attach:"Attach a picture or PDF",uploading:"Uploading…",remove:"Remove {name}",uploadFailed:"The file could not be uploaded. Please try again when you are online.",fileTooLarge:"The file is too large. At most 5 MB each.",sending:"Sending…",queued:"Waiting for the network",sent:"Sent",edit:"Edit and send again",typing:"The assistant is writing…",typingLong:"Still looking it up, one moment please…",connecting:"Reconnecting…",offline:"No connection. Your messages are kept and will be sent when you are back online.",back:"Connected again.",source:"Source",checked:"checked {date}",effective:"in force since {date}",checklist:"What to prepare",ticked:"{done}/{all} done",print:"Print the list",printed:"Printed from the public service assistant on {date}",rate:"Did this answer help you?",up:"Helpful",down:"Not right",thanks:"Thank you for telling us.",reason:"What was not right?",reasons:["Not what I asked","Hard to understand","Outdated or wrong"],newTab:"opens a new window",latest:"To the latest message",today:"Today"};var R={title:"Trợ lý hành chính công",launcher:"Hỏi trợ lý",open:"Hỏi trợ lý: mở khung hỏi đáp hành chính công",unread:"{n} tin chưa đọc",close:"Đóng khung hỏi đáp",officer:"Gặp cán bộ",officerMessage:"Tôi muốn gặp cán bộ",floor:{bot:"Trợ lý tự động",waiting:"Đang chờ cán bộ",officer:"Cán bộ đang trả lời"},settings:"Cỡ chữ và hiển thị",size:"Cỡ chữ",sizes:["Chữ vừa","Chữ lớn","Chữ rất lớn"],contrast:"Tương phản cao",forget:"Xóa trò chuyện khỏi máy này",forgetSure:"Xóa thật? Anh/chị sẽ không xem lại được trên máy này.",log:"Nội dung trò chuyện",who:{citizen:"Anh/chị",bot:"Trợ lý",officer:"Cán bộ",system:"Thông báo"},welcome:`Chào anh/chị!
Tôi giúp anh/chị:
• Tra giấy tờ, lệ phí, thời gian, nơi nộp hồ sơ
• Gửi phản ánh, kiến nghị
• Gặp cán bộ khi cần`,suggestionsLabel:"Anh/chị có thể hỏi",suggestions:[["Làm giấy khai sinh cần gì?","Làm giấy khai sinh cần giấy tờ gì?"],["Làm lại căn cước bị mất","Làm lại căn cước bị mất thì lệ phí bao nhiêu?"],["Sang tên sổ đỏ mất bao lâu?","Sang tên sổ đỏ mất bao lâu?"],["Gửi phản ánh","Tôi muốn gửi phản ánh"]],consentTitle:"Trước khi bắt đầu",consent:"Tin nhắn được lưu lại để trả lời và để cán bộ hỗ trợ anh/chị. Xin đừng gửi số căn cước, mật khẩu hay mã OTP nếu không được cán bộ hỏi.",consentAgree:"Tôi đồng ý, bắt đầu",ask:"Câu hỏi của anh/chị",placeholder:"Nhập câu hỏi…",send:"Gửi",attach:"Đính kèm ảnh hoặc PDF",uploading:"Đang tải tệp…",remove:"Bỏ tệp {name}",uploadFailed:"Chưa tải được tệp. Anh/chị thử lại khi có mạng.",fileTooLarge:"Tệp lớn quá. Mỗi tệp tối đa 5 MB.",sending:"Đang gửi…",queued:"Chờ có mạng để gửi",sent:"Đã gửi",edit:"Sửa và gửi lại",typing:"Trợ lý đang soạn câu trả lời…",typingLong:"Tôi đang tra cứu, anh/chị chờ chút nhé…",connecting:"Đang kết nối lại…",offline:"Mất kết nối. Tin của anh/chị được giữ lại và sẽ tự gửi khi có mạng.",back:"Đã kết nối lại.",source:"Nguồn",checked:"kiểm tra ngày {date}",effective:"hiệu lực từ {date}",checklist:"Việc cần chuẩn bị",ticked:"{done}/{all} đã xong",print:"In danh sách",printed:"In từ Trợ lý hành chính công ngày {date}",rate:"Câu trả lời này có giúp được anh/chị không?",up:"Có ích",down:"Chưa đúng",thanks:"Cảm ơn anh/chị đã góp ý.",reason:"Chưa được ở điểm nào?",reasons:["Không đúng điều tôi hỏi","Khó hiểu","Thông tin cũ hoặc sai"],newTab:"mở cửa sổ mới",latest:"Xuống tin mới nhất",today:"Hôm nay"};var q={vi:R,en:O};function p(r,e){return r.replace(/\{(\w+)\}/g,(t,i)=>String(e[i]??""))}function y(r,e){return new Date(r).toLocaleDateString(e==="vi"?"vi-VN":"en-GB",{day:"2-digit",month:"2-digit",year:"numeric"})}function F(r){return new Date(r).toLocaleTimeString("vi-VN",{hour:"2-digit",minute:"2-digit"})}var k=class{constructor(e,t,i,s){this.texts=e;this.language=t;this.store=i;this.actions=s}draw(e){let{sender:t}=e,i=o("div",{class:"bubble"},x(e.text));e.attachments&&i.append(this.files(e.attachments)),e.image_url&&i.append(o("img",{src:e.image_url,alt:"",loading:"lazy"})),e.checklist&&i.append(this.checklist(e)),e.links&&i.append(this.links(e.links)),e.sources&&i.append(this.sources(e.sources));let s=o("article",{class:`message ${t}`},this.caption(t,e.at),i);return e.choices&&s.append(this.choices(e.choices)),e.ratable&&s.append(this.thumbs(e.id)),s}drawOwn(e,t,i){let s=this.draw({id:0,sender:"citizen",text:e,at:t,...i.length?{attachments:i}:{}});return s.append(o("p",{class:"delivery"})),s}caption(e,t){let i=this.texts.who[e];return o("p",{class:"caption"},o("span",{class:"name"},i),o("time",{datetime:t},F(t)))}files(e){return o("ul",{class:"files"},...e.map(t=>o("li",{},d("attach"),t)))}links(e){let t=e.map(({title:i,url:s})=>{let n=b(s,i);return s.startsWith("http")&&n.append(d("link"),o("span",{class:"hidden"},` (${this.texts.newTab})`)),o("li",{},n)});return o("ul",{class:"links"},...t)}choices(e){let t=e.map(({title:i,payload:s})=>o("button",{type:"button",onclick:()=>this.actions.choose(i,s)},i));return o("div",{class:"choices",role:"group","aria-label":this.texts.suggestionsLabel},...t)}sources(e){let{texts:t,language:i}=this,s=e.map(n=>{let a=[n.url?b(n.url,n.title):n.title];return n.id&&!n.title.includes(n.id)&&a.push(` (${n.id})`),n.effective_from&&a.push(` · ${p(t.effective,{date:y(n.effective_from,i)})}`),n.checked&&a.push(` · ${p(t.checked,{date:y(n.checked,i)})}`),o("p",{},`${t.source}: `,...a)});return o("div",{class:"sources"},...s)}checklist(e){let{texts:t,store:i}=this,s=e.checklist??[],n=new Set(i.state.ticks[e.id]??[]),a=o("span",{class:"count",role:"status"}),l=()=>{a.textContent=p(t.ticked,{done:n.size,all:s.length})};l();let c=(u,f)=>{f?n.add(u):n.delete(u),i.update({ticks:{...i.state.ticks,[e.id]:[...n]}}),l()},v=s.map((u,f)=>{let E=o("input",{type:"checkbox",checked:n.has(f),onchange:z=>c(f,z.target.checked)});return o("li",{},o("label",{},E,o("span",{},u)))}),W=u=>{let f=u.currentTarget.getRootNode(),E=p(t.printed,{date:y(new Date,this.language)}),z=s.map(($,K)=>({text:$,done:n.has(K)}));N(f,t.checklist,z,E)};return o("div",{class:"checklist",role:"group","aria-label":t.checklist},o("p",{class:"heading"},o("strong",{},t.checklist),a),o("ul",{},...v),o("button",{type:"button",class:"quiet",onclick:W},d("print"),t.print))}thumbs(e){let{texts:t}=this,i=o("div",{class:"thumbs",role:"group","aria-label":t.rate}),s=()=>i.replaceChildren(o("p",{role:"status"},t.thanks)),n=(l,c)=>{this.store.update({votes:{...this.store.state.votes,[e]:l}}),this.actions.vote(e,l,c)},a=()=>{n("down");let l=t.reasons.map(c=>o("button",{type:"button",onclick:()=>(n("down",c),s())},c));i.replaceChildren(o("p",{role:"status"},t.reason),o("div",{class:"choices"},...l)),l[0]?.focus()};if(this.store.state.votes[e])s();else{let l=o("button",{type:"button",onclick:()=>(n("up"),s())},d("up"),t.up),c=o("button",{type:"button",onclick:a},d("down"),t.down);i.append(l,c)}return i}};var h=class extends Error{constructor(t,i,s){super(i);this.code=t;this.retryAfter=s}},g=class extends Error{};function C(r){return new h(r.code??"unavailable",r.message??"",r.retry_after)}var w=class{constructor(e,t){this.server=e;this.language=t}async call(e,t,i,s,n){let a={"Accept-Language":this.language};i&&(a.Authorization=`Bearer ${i}`);let l;s instanceof File?(a["X-File-Name"]=encodeURIComponent(s.name),l=s):s!==void 0&&(a["Content-Type"]="application/json",l=JSON.stringify(s));let c;try{c=await fetch(this.server+t,{method:e,headers:a,body:l,signal:n,credentials:"omit"})}catch{throw new g}let v=await c.json().catch(()=>({}));if(c.ok)return v;throw c.status>=500?new g:C(v)}};var J=1e4,Q=25e3,Z=4e4,ee=3e4,_=2,T=class{constructor(e,t,i){this.api=e;this.language=t;this.listener=i;this.token="";this.after=0;this.socket=null;this.polling=null;this.timer=0;this.pinger=0;this.heard=0;this.failures=0;this.socketFailures=0;this.waiting=new Map;this.running=!1;this.state="idle";addEventListener("online",()=>this.hurry()),addEventListener("offline",()=>this.running&&this.lose()),document.addEventListener("visibilitychange",()=>document.hidden||this.hurry())}start(e,t){this.stop(),this.token=e,this.after=t,this.running=!0,this.open()}stop(){this.running=!1,clearTimeout(this.timer),this.drop(),this.set("idle")}async post(e){if(this.polling){await this.api.call("POST","/web/messages",this.token,e);return}let t=this.socket;if(!t||this.state!=="online")throw new g;await new Promise((i,s)=>{let n=setTimeout(()=>{s(new g),this.socket===t&&this.lose()},J),a=l=>{clearTimeout(n),this.waiting.delete(e.id),l()};this.waiting.set(e.id,{resolve:()=>a(i),reject:l=>a(()=>s(l))}),t.send(JSON.stringify({type:"message",...e}))})}hurry(){this.running&&(this.state==="offline"||this.state==="connecting")&&!this.socket&&this.open()}open(){clearTimeout(this.timer),this.drop(),this.set("connecting"),this.socketFailures>=_?this.poll():this.openSocket()}openSocket(){let e;try{e=new WebSocket(this.api.server.replace(/^http/,"ws")+"/web/socket")}catch{this.socketFailures=_,this.retry();return}this.socket=e,this.heard=Date.now(),e.onopen=()=>e.send(JSON.stringify({type:"resume",token:this.token,after:this.after,lang:this.language})),e.onmessage=t=>{this.socket===e&&this.read(JSON.parse(String(t.data)))},e.onclose=t=>{this.socket===e&&(t.code===4401?this.giveUp():this.lose())},this.pinger=window.setInterval(()=>{Date.now()-this.heard>Z?this.lose():e.readyState===WebSocket.OPEN&&e.send('{"type":"ping"}')},Q)}read(e){switch(this.heard=Date.now(),e.type){case"message":this.take(e.message);break;case"ready":this.socketFailures=0,this.arrive(e);break;case"status":this.listener.status(e);break;case"ack":this.waiting.get(e.id)?.resolve();break;case"error":this.waiting.get(e.id)?.reject(C(e));break}}async poll(){let e=new AbortController;this.polling=e;let t="",i=0;try{for(;this.polling===e;){let s=`?after=${this.after}&wait=${i}&state=${encodeURIComponent(t)}`,n=await this.api.call("GET","/web/messages"+s,this.token,void 0,e.signal);if(this.polling!==e)return;n.messages.forEach(a=>this.take(a)),t=n.state,!n.more&&(this.state!=="online"?this.arrive(n):this.listener.status(n),i=25)}}catch(s){if(this.polling!==e)return;this.socketFailures=0,s instanceof h&&s.code==="wrong_token"?this.giveUp():this.lose()}}take(e){this.after=Math.max(this.after,e.id),this.listener.message(e)}arrive(e){this.failures=0,this.set("online"),this.listener.status(e),this.listener.ready()}giveUp(){this.stop(),this.listener.tokenLost()}lose(){this.socket&&this.state==="connecting"&&navigator.onLine&&(this.socketFailures+=1),this.drop(),this.retry()}retry(){this.set("offline");let e=Math.min(ee,1e3*2**this.failures)*(.5+Math.random()/2);this.failures+=1,clearTimeout(this.timer),this.timer=window.setTimeout(()=>this.open(),e)}drop(){clearInterval(this.pinger);let e=this.socket;this.socket=null,e?.close();let t=this.polling;this.polling=null,t?.abort();for(let i of[...this.waiting.values()])i.reject(new g)}set(e){this.state!==e&&(this.state=e,this.listener.link(e))}};var te=4e3,ie="image/jpeg,image/png,image/webp,image/heic,application/pdf",S=class{constructor(e,t,i){this.texts=e;this.actions=i;this.items=o("div",{class:"items"});this.pending=o("div",{class:"items"});this.badge=o("span",{class:"badge","aria-hidden":"true",hidden:!0});this.floor=o("p",{class:"floor",role:"status"});this.banner=o("p",{class:"banner",role:"status",hidden:!0});this.notice=o("p",{class:"notice",role:"alert",hidden:!0});this.tray=o("ul",{class:"tray",hidden:!0});this.atEnd=!0;this.typingTimer=0;this.bannerTimer=0;this.launcher=o("button",{class:"launcher",type:"button","aria-expanded":"false","aria-controls":"panel",onclick:i.open},d("lotus"),o("span",{class:"word"},e.launcher),this.badge),this.setUnread(0),this.sizes=e.sizes.map((n,a)=>o("button",{type:"button","aria-pressed":"false",onclick:()=>i.size(a)},"A",o("span",{class:"hidden"},` ${n}`))),this.contrast=o("input",{type:"checkbox",role:"switch",onchange:()=>i.contrast(this.contrast.checked)}),this.settings=this.buildSettings(),this.officer=o("button",{type:"button",class:"officer",onclick:i.officer},d("officer"),e.officer),this.typingText=o("span",{class:"hidden"},e.typing),this.typing=o("div",{class:"typing",hidden:!0},o("div",{class:"bubble"},o("span",{class:"dots","aria-hidden":"true"},o("i"),o("i"),o("i")),this.typingText)),this.welcome=o("article",{class:"message bot"},o("div",{class:"bubble"},x(e.welcome))),this.suggestions=o("div",{class:"choices",role:"group","aria-label":e.suggestionsLabel,hidden:!0});for(let[n="",a=""]of e.suggestions)this.suggestions.append(o("button",{type:"button",onclick:()=>i.ask(a)},n));this.agree=o("button",{type:"button",class:"primary",onclick:i.agree},e.consentAgree),this.consent=o("section",{class:"consent",hidden:!0,"aria-labelledby":"consent-title"},o("h3",{id:"consent-title"},e.consentTitle),o("p",{},e.consent),this.agree),this.log=o("div",{class:"log",role:"log","aria-live":"polite","aria-label":e.log,tabindex:0},this.welcome,this.suggestions,this.items,this.pending,this.typing),this.latest=o("button",{type:"button",class:"latest","aria-label":e.latest,hidden:!0,onclick:()=>this.scrollDown()},d("arrow"));let s=()=>{this.atEnd=this.isAtEnd(),this.latest.hidden=this.atEnd};this.log.addEventListener("scroll",s,{passive:!0}),new ResizeObserver(()=>this.atEnd&&this.scrollDown()).observe(this.log),this.input=o("textarea",{rows:1,maxlength:te,placeholder:e.placeholder,"aria-label":e.ask,enterkeyhint:"send",autocomplete:"off"}),this.composer=this.buildComposer(),this.element=o("section",{class:"panel",id:"panel",role:"dialog","aria-label":t,hidden:!0},this.buildHeader(t),this.settings,this.banner,o("div",{class:"middle"},this.log,this.latest),this.consent,this.composer),this.element.addEventListener("keydown",n=>this.onKey(n))}get text(){return this.input.value}set text(e){this.input.value=e,this.grow()}get isOpen(){return!this.element.hidden}show(e){this.element.hidden=!e,this.launcher.setAttribute("aria-expanded",String(e)),this.launcher.classList.toggle("away",e),e?(this.scrollDown(),this.focus()):this.launcher.focus()}focus(){(this.consent.hidden?this.input:this.agree).focus({preventScroll:!0})}setConsented(e){this.consent.hidden=e,this.composer.hidden=!e,this.officer.disabled=!e,this.suggestions.hidden=!e||this.items.childElementCount+this.pending.childElementCount>0}hideSuggestions(){this.suggestions.hidden=!0}setUnread(e){this.badge.hidden=e===0,this.badge.textContent=e>9?"9+":String(e);let t=e?`, ${p(this.texts.unread,{n:e})}`:"";this.launcher.setAttribute("aria-label",this.texts.open+t)}setFloor(e){let t=this.texts.floor[e];this.floor.textContent!==t&&(this.floor.textContent=t),this.floor.className=`floor ${e}`,this.officer.hidden=e==="officer"}setWorking(e){if(e===!this.typing.hidden)return;clearTimeout(this.typingTimer);let t=this.isAtEnd();this.typing.hidden=!e,this.typingText.className="hidden",this.typingText.textContent=this.texts.typing,e&&(this.typingTimer=window.setTimeout(()=>{this.typingText.className="",this.typingText.textContent=this.texts.typingLong},5e3)),t&&this.scrollDown()}setBanner(e,t="",i=0){clearTimeout(this.bannerTimer),this.banner.hidden=!e,this.banner.textContent=e,this.banner.className=`banner ${t}`,i&&(this.bannerTimer=window.setTimeout(()=>this.setBanner(""),i))}setNotice(e){this.notice.hidden=!e,this.notice.textContent=e}setStatusQuiet(){this.setFloor("bot"),this.setWorking(!1),this.setBanner(""),this.setNotice(""),this.setTray([],!1)}setBusy(e){this.log.setAttribute("aria-busy",String(e))}setLook(e,t){this.element.dataset.size=String(e),this.element.classList.toggle("contrast",t),this.sizes.forEach((i,s)=>i.setAttribute("aria-pressed",String(s===e))),this.contrast.checked=t,this.atEnd&&this.scrollDown()}setTray(e,t){let i=e.map((s,n)=>o("li",{},o("span",{},s),o("button",{type:"button","aria-label":p(this.texts.remove,{name:s}),onclick:()=>this.actions.removeFile(n)},d("close"))));t&&i.push(o("li",{role:"status"},this.texts.uploading)),this.tray.hidden=i.length===0,this.tray.replaceChildren(...i)}isAtEnd(){return this.log.scrollHeight-this.log.scrollTop-this.log.clientHeight<80}scrollDown(e){let t=e&&e.offsetHeight>this.log.clientHeight-24;this.log.scrollTop=t?e.offsetTop-this.log.offsetTop-8:this.log.scrollHeight}buildHeader(e){let t=o("button",{type:"button",class:"round","aria-label":this.texts.settings,"aria-expanded":"false","aria-controls":"settings",onclick:()=>{this.settings.hidden=!this.settings.hidden,t.setAttribute("aria-expanded",String(!this.settings.hidden))}});t.append(d("text"));let i=o("button",{type:"button",class:"round","aria-label":this.texts.close,onclick:this.actions.close},d("close"));return o("div",{class:"head"},o("span",{class:"mark"},d("lotus")),o("h2",{},e),t,i,this.floor,this.officer)}buildSettings(){let{texts:e,actions:t}=this,i=o("button",{type:"button",class:"quiet"},e.forget);return i.addEventListener("click",()=>{if(i.classList.toggle("sure")){i.textContent=e.forgetSure;return}i.textContent=e.forget,t.forget()}),o("div",{class:"settings",id:"settings",hidden:!0},o("div",{class:"sizes",role:"group","aria-label":e.size},o("span",{},e.size),...this.sizes),o("label",{class:"switch"},o("span",{},e.contrast),this.contrast),i)}buildComposer(){let{texts:e,actions:t}=this,i=o("input",{type:"file",accept:ie,multiple:!0,hidden:!0,tabindex:-1});i.addEventListener("change",()=>{t.files([...i.files??[]]),i.value=""});let s=o("button",{type:"button",class:"round","aria-label":e.attach,onclick:()=>i.click()},d("attach")),n=o("button",{type:"submit",class:"round send","aria-label":e.send},d("send"));this.input.addEventListener("input",()=>this.grow()),this.input.addEventListener("keydown",c=>{c.key!=="Enter"||c.shiftKey||c.isComposing||(c.preventDefault(),l.requestSubmit())});let l=o("form",{class:"composer",hidden:!0,onsubmit:c=>{c.preventDefault(),t.ask(this.input.value)}},this.notice,this.tray,o("div",{class:"row"},i,s,this.input,n));return l}grow(){for(this.input.rows=Math.min(5,1+(this.input.value.match(/\n/g)?.length??0));this.input.rows<5&&this.input.scrollHeight>this.input.clientHeight+2;)this.input.rows+=1}onKey(e){e.key==="Escape"?(e.stopPropagation(),this.actions.close()):e.key==="Tab"&&matchMedia("(max-width: 520px)").matches&&this.keepFocusInside(e)}keepFocusInside(e){let i=[...this.element.querySelectorAll("button:not(:disabled), a[href], input, textarea, [tabindex='0']")].filter(n=>n.offsetParent&&n.tabIndex>=0),s=e.shiftKey?i[0]:i[i.length-1];e.composedPath()[0]===s&&(e.preventDefault(),(e.shiftKey?i[i.length-1]:i[0])?.focus())}};var ne=new Set(["too_fast","unavailable"]),L=class{constructor(e,t,i){this.connection=e;this.store=t;this.listener=i;this.busy=!1;this.timer=0}add(e){this.store.addPending({...e,at:new Date().toISOString()}),this.flush()}async flush(){if(!this.busy){this.busy=!0;try{for(let e=this.head();e;e=this.head()){this.listener.sending(e.id);let{at:t,...i}=e;try{await this.connection.post(i)}catch(s){if(!(s instanceof h))return this.later(3);if(s.code==="wrong_token"||s.code==="no_token")return;if(ne.has(s.code))return this.later(s.retryAfter??3);this.store.removePending(e.id),this.listener.refused(e.id,s);continue}this.store.removePending(e.id),this.listener.sent(e.id)}}finally{this.busy=!1}}}head(){return this.connection.state==="online"?this.store.state.pending[0]:void 0}later(e){clearTimeout(this.timer),this.timer=window.setTimeout(()=>{this.flush()},e*1e3)}};var H={token:null,read:0,consented:!1,pending:[],ticks:{},votes:{},size:0,contrast:!1},M=class{constructor(e){this.key=e;this.memory={...H}}get state(){try{let e=localStorage.getItem(this.key);e&&(this.memory={...H,...JSON.parse(e)})}catch{}return this.memory}update(e){this.memory={...this.state,...e};try{localStorage.setItem(this.key,JSON.stringify(this.memory))}catch{}}addPending(e){this.update({pending:[...this.state.pending,e]})}removePending(e){this.update({pending:this.state.pending.filter(t=>t.id!==e)})}forget(){let{size:e,contrast:t}=this.state;this.memory={...H,size:e,contrast:t};try{localStorage.removeItem(this.key)}catch{}this.update({})}};var D=`:host {
  --kg-primary: var(--tro-ly-primary, #0b5a6b);
  --kg-on-primary: var(--tro-ly-on-primary, #fff);
  --kg-accent: var(--tro-ly-accent, #e3a63b);
  --kg-ground: var(--tro-ly-ground, #f7f5ef);
  --kg-surface: var(--tro-ly-surface, #fff);
  --kg-text: var(--tro-ly-text, #1d2d33);
  --kg-quiet: var(--tro-ly-quiet, #51646b);
  --kg-line: var(--tro-ly-line, #d9dcd6);
  --kg-officer: var(--tro-ly-officer, #fdf3dc);
  --kg-font: var(--tro-ly-font, "Be Vietnam Pro", "Segoe UI", Roboto, "Noto Sans", system-ui, sans-serif);
  --kg-radius: var(--tro-ly-radius, 18px);
  position: fixed;
  z-index: 2147483000;
  bottom: calc(20px + env(safe-area-inset-bottom, 0px));
  right: 20px;
  font: 400 16px/1.55 var(--kg-font);
  color: var(--kg-text);
  text-align: left;
}
:host(.left) { right: auto; left: 20px; }
@media print { :host { display: none; } }

*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, ul { margin: 0; padding: 0; }
ul { list-style: none; }
button, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; min-height: 44px; touch-action: manipulation; }
button:disabled { cursor: default; }
a { color: var(--kg-primary); text-underline-offset: 3px; }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--kg-accent); outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { width: 24px; height: 24px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.print { position: fixed; width: 0; height: 0; border: 0; visibility: hidden; }

/* Launcher */
.launcher {
  position: relative; display: flex; align-items: center; gap: 10px; min-height: 60px; padding: 0 24px 0 18px;
  border-radius: 30px; background: var(--kg-primary); color: var(--kg-on-primary);
  font-weight: 600; font-size: 17px; box-shadow: 0 6px 24px rgb(8 50 60 / .28); transition: transform .18s, box-shadow .18s;
}
.launcher .icon { width: 30px; height: 30px; stroke-width: 1.5; }
.launcher:hover { transform: translateY(-2px); box-shadow: 0 10px 30px rgb(8 50 60 / .34); }
.launcher.away { visibility: hidden; }
.badge {
  position: absolute; top: -6px; right: -2px; min-width: 26px; height: 26px; padding: 0 7px; border-radius: 13px;
  background: #b3261e; color: #fff; font-size: 14px; line-height: 26px; text-align: center; box-shadow: 0 0 0 3px #fff;
}

/* Panel */
.panel {
  --size: 16px;
  position: absolute; bottom: 0; right: 0; display: flex; flex-direction: column;
  width: 408px; height: min(680px, calc(100vh - 40px)); overflow: hidden;
  border-radius: var(--kg-radius); background: var(--kg-ground); color: var(--kg-text); font-size: var(--size);
  box-shadow: 0 18px 60px rgb(8 50 60 / .26), 0 0 0 1px rgb(8 50 60 / .08);
  animation: rise .2s ease-out;
}
:host(.left) .panel { right: auto; left: 0; }
.panel[data-size="1"] { --size: 18.5px; }
.panel[data-size="2"] { --size: 22px; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }

.head {
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px;
  padding: 8px 8px 12px 16px; background: var(--kg-primary); color: var(--kg-on-primary); border-bottom: 3px solid var(--kg-accent);
}
.head :focus-visible { outline-color: #fff; }
.mark { display: grid; place-items: center; width: 38px; height: 38px; margin-right: 6px; border-radius: 50%; background: rgb(255 255 255 / .14); }
.mark .icon { width: 26px; height: 26px; stroke-width: 1.5; }
h2 { flex: 1 0 calc(100% - 160px); font-size: 17px; font-weight: 650; line-height: 1.3; letter-spacing: -.005em; }
.round { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 50%; }
.head .round:hover { background: rgb(255 255 255 / .14); }
.floor { flex: 1; display: flex; align-items: center; gap: 8px; font-size: 14px; line-height: 1.35; }
.floor::before { content: ""; flex: none; width: 9px; height: 9px; margin-left: 4px; border-radius: 50%; background: #8fdcb0; }
.floor.waiting::before { background: var(--kg-accent); animation: blink 1.6s infinite; }
.floor.officer::before { background: var(--kg-accent); }
button.officer {
  display: flex; align-items: center; gap: 7px; margin-right: 8px; padding: 0 15px 0 11px; border-radius: 22px;
  background: #fff; color: #0b4754; font-size: 15px; font-weight: 650; white-space: nowrap;
}
button.officer .icon { width: 21px; height: 21px; }
button.officer:hover { background: var(--kg-officer); }
button.officer:disabled { background: rgb(255 255 255 / .2); color: #fff; }

.settings { display: grid; gap: 4px; padding: 10px 16px; background: var(--kg-surface); border-bottom: 1px solid var(--kg-line); font-size: 15px; }
.sizes { display: flex; align-items: center; gap: 8px; }
.sizes > span:first-child { flex: 1; }
.sizes button { width: 48px; border: 1px solid var(--kg-line); border-radius: 10px; font-weight: 600; }
.sizes button:nth-of-type(1) { font-size: 15px; }
.sizes button:nth-of-type(2) { font-size: 19px; }
.sizes button:nth-of-type(3) { font-size: 24px; line-height: 1; }
.sizes [aria-pressed="true"] { background: var(--kg-primary); color: var(--kg-on-primary); border-color: var(--kg-primary); }
.switch { display: flex; align-items: center; justify-content: space-between; min-height: 44px; }
input[type="checkbox"] { width: 24px; height: 24px; margin: 0; flex: none; accent-color: var(--kg-primary); }
.quiet { display: inline-flex; align-items: center; gap: 8px; padding: 0 4px; color: var(--kg-primary); font-weight: 600; text-align: left; }
.quiet .icon { width: 20px; height: 20px; }
.quiet.sure { color: #a3241c; }

.banner { padding: 9px 16px; background: #e6eef0; font-size: 14px; line-height: 1.45; }
.banner.warn { background: #fbe9c6; color: #4d3403; }
.banner.good { background: #dcf1e4; color: #0f4425; }

/* Log */
.middle { position: relative; flex: 1; min-height: 0; }
.log { height: 100%; overflow-y: auto; overscroll-behavior: contain; padding: 16px 14px 18px; scrollbar-width: thin; scrollbar-color: #c2c9c6 transparent; }
.log:focus-visible { outline-offset: -3px; }
.items { display: contents; }
.message { margin-bottom: 14px; }
.caption { display: flex; gap: 8px; margin: 0 4px 3px; font-size: 13px; color: var(--kg-quiet); }
.caption .name { font-weight: 600; }
.bubble {
  width: fit-content; max-width: 92%; padding: 11px 15px; border: 1px solid var(--kg-line); border-radius: 4px 16px 16px 16px;
  background: var(--kg-surface); overflow-wrap: anywhere; line-height: 1.58;
}
.text { text-wrap: pretty; }
.system .text { text-wrap: balance; }
.text > * + * { margin-top: .5em; }
.text ul { display: grid; gap: .3em; }
.text li { position: relative; padding-left: 1.15em; }
.text li::before { content: ""; position: absolute; left: .2em; top: .62em; width: .38em; height: .38em; border-radius: 50%; background: var(--kg-accent); }
.citizen { display: flex; flex-direction: column; align-items: flex-end; }
.citizen .bubble { border-color: var(--kg-primary); border-radius: 16px 4px 16px 16px; background: var(--kg-primary); color: var(--kg-on-primary); max-width: 86%; }
.citizen .bubble a { color: inherit; }
.citizen .name { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.message.officer .bubble { background: var(--kg-officer); border-color: #ecd49c; border-left: 4px solid var(--kg-accent); }
.message.officer .name { color: #7a5200; }
.system { text-align: center; }
.system .caption { justify-content: center; }
.system .caption .name { display: none; }
.system .bubble { margin: 0 auto; border: 0; border-radius: 12px; background: #e8ecea; color: #34474e; font-size: .92em; padding: 8px 14px; }
.delivery { margin: 3px 4px 0; font-size: 13px; color: var(--kg-quiet); text-align: right; }
.failed .bubble { background: #fdeceb; color: #5d1511; border-color: #e9b4b0; }
.failed .delivery { color: #a3241c; }
.delivery button { display: block; margin-left: auto; color: var(--kg-primary); font-weight: 600; text-decoration: underline; }
.bubble img { display: block; max-width: 100%; margin-top: 10px; border-radius: 10px; }
.files, .tray { display: grid; gap: 4px; }
.files li { display: flex; align-items: center; gap: 6px; font-size: .92em; }
.files .icon { width: 18px; height: 18px; }
.text:not(:empty) + .files { margin-top: 8px; }

.choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0 2px; }
.choices button {
  padding: 9px 16px; border: 1.5px solid var(--kg-primary); border-radius: 22px; background: var(--kg-surface);
  color: var(--kg-primary); font-weight: 600; line-height: 1.35; text-align: left;
}
.choices button:hover:enabled { background: var(--kg-primary); color: var(--kg-on-primary); }
.choices button:disabled { border-color: var(--kg-line); background: none; color: var(--kg-quiet); font-weight: 500; }
.links { margin-top: 8px; }
.links a { display: flex; align-items: center; gap: 6px; min-height: 44px; font-weight: 600; }
.links .icon { width: 18px; height: 18px; }
.sources { margin: 10px -15px -11px; padding: 8px 15px 9px; border-top: 1px solid var(--kg-line); border-radius: 0 0 16px 16px; background: #fafbf9; color: var(--kg-quiet); font-size: .84em; line-height: 1.5; }
.thumbs { display: flex; flex-wrap: wrap; gap: 2px 4px; font-size: 14px; color: var(--kg-quiet); }
.thumbs > button { display: inline-flex; align-items: center; gap: 7px; padding: 0 12px 0 8px; border-radius: 22px; }
.thumbs > button:hover { background: #e9ece7; color: var(--kg-text); }
.thumbs .icon { width: 20px; height: 20px; }
.thumbs p { padding: 9px 6px 0; }
.thumbs .choices { margin-top: 6px; }

.checklist { margin-top: 10px; }
.checklist .heading { display: flex; justify-content: space-between; gap: 10px; padding-bottom: 4px; border-bottom: 1px solid var(--kg-line); }
.count { color: var(--kg-quiet); font-size: .88em; white-space: nowrap; }
.checklist label { display: flex; gap: 12px; align-items: flex-start; min-height: 44px; padding: 9px 0; cursor: pointer; }
.checklist li + li { border-top: 1px dashed var(--kg-line); }
.checklist :checked + span { color: var(--kg-quiet); text-decoration: line-through; }

.typing .bubble { display: flex; align-items: center; gap: 10px; min-height: 44px; color: var(--kg-quiet); }
.dots { display: flex; gap: 5px; }
.dots i { width: 8px; height: 8px; border-radius: 50%; background: var(--kg-primary); animation: blink 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .2s; }
.dots i:nth-child(3) { animation-delay: .4s; }
@keyframes blink { 0%, 80%, 100% { opacity: .25; } 40% { opacity: 1; } }
.latest {
  position: absolute; right: 14px; bottom: 12px; display: grid; place-items: center; width: 44px; border-radius: 50%;
  background: var(--kg-surface); color: var(--kg-primary); box-shadow: 0 3px 14px rgb(8 50 60 / .25);
}

/* Foot */
.consent { padding: 14px 18px calc(18px + env(safe-area-inset-bottom, 0px)); background: var(--kg-surface); border-top: 1px solid var(--kg-line); font-size: .94em; }
.consent h3 { font-size: 1.05em; margin-bottom: 4px; }
.consent p { color: var(--kg-quiet); }
.primary { width: 100%; min-height: 50px; margin-top: 12px; border-radius: 25px; background: var(--kg-primary); color: var(--kg-on-primary); font-weight: 650; }
.composer { padding: 10px 10px calc(10px + env(safe-area-inset-bottom, 0px)); background: var(--kg-surface); border-top: 1px solid var(--kg-line); }
.row { display: flex; align-items: flex-end; gap: 4px; }
.row .round { color: var(--kg-primary); height: 48px; }
.row .round:hover { background: #eef2f0; }
.row .send { width: 48px; margin-left: 4px; background: var(--kg-primary); color: var(--kg-on-primary); }
.row .send:hover { background: var(--kg-primary); filter: brightness(1.12); }
textarea {
  flex: 1; min-width: 0; padding: 11px 16px; border: 1.5px solid #8a999c; border-radius: 24px; background: var(--kg-surface);
  resize: none; font-size: max(16px, var(--size)); line-height: 1.45; overflow-y: auto;
}
textarea::placeholder { color: #5d6e74; opacity: 1; }
textarea:focus-visible { border-color: var(--kg-primary); outline-offset: 0; }
.notice { padding: 2px 8px 8px; color: #a3241c; font-size: 14px; }
.tray { padding: 0 6px 8px; font-size: 15px; }
.tray li { display: flex; align-items: center; gap: 6px; padding-left: 12px; border-radius: 12px; background: var(--kg-ground); min-height: 44px; }
.tray span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tray button { display: grid; place-items: center; width: 44px; }

/* Phones: the whole screen */
@media (max-width: 520px) {
  :host { bottom: calc(14px + env(safe-area-inset-bottom, 0px)); right: 14px; }
  :host(.left) { left: 14px; }
  .panel, :host(.left) .panel { position: fixed; inset: 0; width: auto; height: 100vh; height: 100dvh; border-radius: 0; }
}
@media (max-width: 360px) {
  .head { padding-left: 12px; }
  .log { padding-inline: 10px; }
  .mark { display: none; }
  h2 { flex-basis: calc(100% - 110px); font-size: 16.5px; }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; }
}

/* High contrast */
.contrast {
  --kg-primary: #00313d; --kg-on-primary: #fff; --kg-accent: #ffc400; --kg-ground: #fff; --kg-surface: #fff;
  --kg-text: #000; --kg-quiet: #1a1a1a; --kg-line: #000; --kg-officer: #fff6d6;
}
.contrast .bubble, .contrast .choices button { border-width: 2px; }
.contrast .sources, .contrast .system .bubble { background: #fff; color: #000; }
.contrast .system .bubble { border: 2px solid #000; }
.contrast a { text-decoration-thickness: 2px; }
.contrast textarea { border: 2px solid #000; }
.contrast textarea::placeholder { color: #333; }
.contrast :focus-visible { outline: 4px solid #b35c00; }
.contrast .head :focus-visible { outline-color: #ffc400; }
@media (forced-colors: active) {
  .launcher, .bubble, .choices button, button.officer { border: 1px solid; }
}
`;var oe=5*1024*1024,re=5;function A(){return[...crypto.getRandomValues(new Uint8Array(16))].map(e=>e.toString(16).padStart(2,"0")).join("")}var m=class extends HTMLElement{constructor(t){super();this.options=t;this.shown=new Map;this.files=[];this.uploading=0;this.unread=0;this.last=0;this.wasOnline=!1;this.voting=Promise.resolve();this.opening=null;let{language:i,server:s}=t;this.texts=q[i],this.store=new M(`tro-ly:${s}`),this.api=new w(s,i),this.connection=new T(this.api,i,{message:n=>this.receive(n),status:n=>this.setStatus(n),ready:()=>this.ready(),link:n=>this.setLink(n),tokenLost:()=>this.restart()}),this.queue=new L(this.connection,this.store,{sending:n=>this.setDelivery(n,this.texts.sending),sent:n=>this.setDelivery(n,this.texts.sent),refused:(n,a)=>this.refuse(n,a)}),this.bubbles=new k(this.texts,i,this.store,{choose:(n,a)=>this.send({id:A(),text:n,payload:a}),vote:(n,a,l)=>{this.voting=this.voting.then(()=>this.vote(n,a,l))}}),this.panel=new S(this.texts,t.title??this.texts.title,{open:()=>this.open(),close:()=>this.panel.show(!1),officer:()=>this.send({id:A(),text:this.texts.officerMessage}),agree:()=>this.agree(),ask:n=>this.ask(n),files:n=>{this.upload(n)},removeFile:n=>{this.files.splice(n,1),this.showTray()},size:n=>this.setLook({size:n}),contrast:n=>this.setLook({contrast:n}),forget:()=>this.forget()})}connectedCallback(){if(this.shadowRoot)return;let t=this.attachShadow({mode:"open"}),i=new CSSStyleSheet;i.replaceSync(D),t.adoptedStyleSheets=[i],this.lang=this.options.language,this.classList.add(this.options.position),t.append(this.panel.element,this.panel.launcher),this.setLook({}),this.panel.setFloor("bot"),this.restorePending(),this.panel.setConsented(this.store.state.consented),this.store.state.token?this.connect(this.store.state.token):this.store.state.pending.length&&this.session(),this.options.open&&this.open(),document.addEventListener("visibilitychange",()=>this.markRead()),this.followKeyboard()}open(){this.panel.show(!0),this.markRead()}agree(){this.store.update({consented:!0}),this.panel.setConsented(!0),this.panel.focus(),this.session()}ask(t){this.panel.setNotice("");let i=t.trim();if(this.uploading||!i&&!this.files.length)return;let s=this.files.length?{attachments:this.files}:{};this.files=[],this.showTray(),this.panel.text="",this.send({id:A(),text:i,...s})}send(t){this.closeChoices(),this.showPending(t,new Date().toISOString()),this.queue.add(t),this.store.state.token||this.session(),this.panel.scrollDown()}showPending(t,i){if(this.shown.has(t.id))return;let s=(t.attachments??[]).map(a=>a.name),n=this.bubbles.drawOwn(t.text,i,s);this.shown.set(t.id,n),this.panel.hideSuggestions(),this.panel.pending.append(n),this.setDelivery(t.id,this.connection.state==="offline"?this.texts.queued:this.texts.sending)}restorePending(){for(let t of this.store.state.pending)this.showPending(t,t.at)}session(){return this.opening??(this.opening=this.openSession().finally(()=>this.opening=null)),this.opening}async openSession(){for(let i=1e3;!this.store.state.token&&this.store.state.consented;i=Math.min(2*i,3e4))try{let{token:s}=await this.api.call("POST","/web/session",null,{consent:!0});this.store.update({token:s})}catch(s){if(this.setLink("offline"),s instanceof h&&!s.retryAfter){this.panel.setBanner(s.message,"warn");return}await new Promise(n=>{setTimeout(n,i),addEventListener("online",()=>n(),{once:!0})})}let{token:t}=this.store.state;t&&this.connect(t)}connect(t){this.panel.setBusy(!0),this.connection.start(t,this.last)}restart(){this.store.update({token:null}),this.last=0,this.session()}ready(){this.panel.setBusy(!1),this.queue.flush()}receive(t){if(this.shown.has(t.id))return;this.last=Math.max(this.last,t.id);let i=this.panel.isAtEnd(),s=t.client_id?this.shown.get(t.client_id):void 0,n=s??this.bubbles.draw(t);s&&s.querySelector(".delivery")?.remove(),t.client_id&&this.shown.set(t.client_id,n),this.shown.set(t.id,n),this.panel.hideSuggestions(),t.sender==="citizen"&&this.closeChoices(),this.panel.items.append(n),i&&this.panel.scrollDown(n),this.count(t)}closeChoices(){for(let t of this.panel.items.querySelectorAll(".message > .choices button"))t.disabled=!0}count(t){this.panel.isOpen&&!document.hidden?this.store.update({read:Math.max(t.id,this.store.state.read)}):t.sender!=="citizen"&&t.id>this.store.state.read&&this.panel.setUnread(this.unread+=1)}markRead(){!this.panel.isOpen||document.hidden||(this.unread=0,this.panel.setUnread(0),this.store.update({read:Math.max(this.last,this.store.state.read)}))}setStatus(t){this.panel.setFloor(t.floor),this.panel.setWorking(t.working)}setLink(t){if(t==="online")this.wasOnline?this.panel.setBanner(this.texts.back,"good",3e3):this.panel.setBanner(""),this.wasOnline=!0;else if(t==="offline"){this.panel.setBanner(this.texts.offline,"warn"),this.panel.setWorking(!1);for(let i of this.store.state.pending)this.setDelivery(i.id,this.texts.queued)}}setDelivery(t,i){let s=this.shown.get(t)?.querySelector(".delivery");s&&(s.textContent=i)}refuse(t,i){let s=this.shown.get(t),n=s?.querySelector(".delivery");if(!s||!n)return;s.classList.add("failed");let a=document.createElement("button");a.textContent=this.texts.edit,a.addEventListener("click",()=>{this.panel.text=s.querySelector(".text")?.textContent??"",this.shown.delete(t),s.remove(),this.panel.focus()}),n.replaceChildren(i.message,a),n.setAttribute("role","alert")}async vote(t,i,s){let n={message_id:t,value:i,...s?{reason:s}:{}};await this.api.call("POST","/web/votes",this.store.state.token,n).catch(()=>{})}async upload(t){await this.session();for(let i of t.slice(0,re-this.files.length)){if(this.panel.setNotice(""),i.size>oe){this.panel.setNotice(this.texts.fileTooLarge);continue}this.uploading+=1,this.showTray();try{let{id:s}=await this.api.call("POST","/web/attachments",this.store.state.token,i);this.files.push({id:s,name:i.name.slice(-100)})}catch(s){this.panel.setNotice(s instanceof h?s.message:this.texts.uploadFailed)}this.uploading-=1,this.showTray()}this.panel.focus()}showTray(){this.panel.setTray(this.files.map(t=>t.name),this.uploading>0)}setLook(t){this.store.update(t);let{size:i,contrast:s}=this.store.state;this.panel.setLook(i,s)}forget(){this.connection.stop(),this.store.forget(),this.shown.clear(),this.last=0,this.files=[],this.wasOnline=!1,this.panel.items.replaceChildren(),this.panel.pending.replaceChildren(),this.panel.setStatusQuiet(),this.panel.setConsented(!1),this.panel.focus()}followKeyboard(){let t=window.visualViewport;t?.addEventListener("resize",()=>{let i=matchMedia("(max-width: 520px)").matches&&t.height<window.innerHeight-80;this.panel.element.style.height=i?`${t.height}px`:"",i&&this.panel.scrollDown()})}};var I="tro-ly-hanh-chinh";function ae(r){let e=r?.dataset??{};return{server:(e.server??new URL(r?.src??location.href).origin).replace(/\/$/,""),language:e.lang==="en"?"en":"vi",...e.title?{title:e.title}:{},position:e.position==="left"?"left":"right",open:e.open==="true"}}function B(r){customElements.get(I)||(customElements.define(I,m),document.body.append(new m(r)))}var V=ae(document.currentScript);document.body?B(V):addEventListener("DOMContentLoaded",()=>B(V));})();
