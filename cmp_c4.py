import json,numpy as np
rng=np.random.default_rng(0)
R=lambda *ps:{(r['file'],r['id']):r for p in ps for r in map(json.loads,open(f'/work/out/kept_{p}.jsonl'))}
old_b=R('p','r'); old_c=R('c'); b=R('p4','r5','r4'); c=R('c4')
def q(r,off):
    d=r['decision']; e=r['expected']
    return bool(r['answered']) and d['log_odds']+4*(d['reader_log_odds'] or 0)+off>0 and not (e is not None and e<.015)
pairs=[(f,old_b[f,i],r,-4.4) for (f,i),r in old_c.items() if (f,i) in old_b and (f,i) not in c]+[(f,b[f,i],r,-3.0) for (f,i),r in c.items()]
def iv(x):
    x=np.array(x,float); m=x[rng.integers(0,len(x),(4000,len(x)))].mean(1); return f'{x.mean():+.3f} ({np.quantile(m,.025):+.3f} to {np.quantile(m,.975):+.3f})'
for f in ('qed','squad2_half_dev','covid_qa',None):
    m=[p for p in pairs if f in (None,p[0])]
    s=lambda r,o:(r['score'] or 0)*q(r,o)
    print(f,len(m),'block',iv([s(x,o) for _,x,_,o in m]),'ordinary',iv([s(y,o) for _,_,y,o in m]),'diff',iv([s(x,o)-s(y,o) for _,x,y,o in m]),'nothing refused',iv([(x['score'] or 0)-(y['score'] or 0) for _,x,y,_ in m]),'same answer',round(np.mean([x['answer']==y['answer'] for _,x,y,_ in m]),2),'refused',round(np.mean([not q(x,o) for _,x,_,o in m]),3),round(np.mean([not q(y,o) for _,_,y,o in m]),3))
